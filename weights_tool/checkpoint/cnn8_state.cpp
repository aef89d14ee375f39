#include "weights_tool/checkpoint/cnn8_state.h"

#include <algorithm>
#include <set>

#include "weights_tool/checkpoint/in_quotes.h"

namespace corticast::weights {
namespace {

// Far above what is published (384 and 57,051): bounds what an expanded tensor can make us write.
constexpr std::uint64_t kMostChannels = 2048;
constexpr std::uint64_t kMostVertices = 1u << 20;
constexpr std::size_t kMostListed = 12;
constexpr std::string_view kWrapper = "module.";
constexpr std::string_view kHeads = "subject_readouts.";

[[noreturn]] void refuse(const Checkpoint& checkpoint, const std::string& what,
                         const std::string& hint = {}) {
  throw Error(ErrorCode::kModel, checkpoint.name() + ": " + what, hint);
}

// Hands out tensors by key and remembers which are missing and which nobody asked for.
class Keys {
 public:
  explicit Keys(const Checkpoint& checkpoint) : checkpoint_(checkpoint) {
    for (const Tensor& tensor : checkpoint.tensors()) unused_.emplace(tensor.name);
    const bool wrapped =
        !checkpoint.tensors().empty() && checkpoint.tensors().front().name.starts_with(kWrapper);
    if (wrapped) prefix_ = kWrapper;
  }

  const Tensor* take(const std::string& key) {
    const std::string full = prefix_ + key;
    const Tensor* tensor = checkpoint_.find(full);
    if (tensor == nullptr) {
      missing_.push_back(full);
    } else {
      unused_.erase(full);
    }
    return tensor;
  }

  // The X of every key "subject_readouts.X.leaf", each once, in file order.
  std::vector<std::string> head_names() const {
    std::vector<std::string> names;
    const std::string start = prefix_ + std::string(kHeads);
    for (const Tensor& tensor : checkpoint_.tensors()) {
      if (!tensor.name.starts_with(start)) continue;
      const std::string_view rest = tensor.name.substr(start.size());
      const std::string name(rest.substr(0, rest.find('.')));
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
  }

  void expect_all() const {
    if (missing_.empty() && unused_.empty()) return;
    std::string what = "not a CNN8 state dict:";
    if (!missing_.empty()) what += " missing " + list(missing_);
    if (!missing_.empty() && !unused_.empty()) what += ";";
    if (!unused_.empty()) what += " unknown " + list({unused_.begin(), unused_.end()});
    refuse(checkpoint_, what,
           "corticast reads MOSAIC's CNN8 checkpoints, multihead or singlehead.");
  }

 private:
  static std::string list(const std::vector<std::string>& keys) {
    std::string text;
    for (std::size_t i = 0; i < std::min(keys.size(), kMostListed); ++i) {
      text += (i > 0 ? ", " : "") + in_quotes(keys[i]);
    }
    if (keys.size() > kMostListed) {
      text += " and " + std::to_string(keys.size() - kMostListed) + " more";
    }
    return text;
  }

  const Checkpoint& checkpoint_;
  std::string prefix_;
  std::set<std::string, std::less<>> unused_;
  std::vector<std::string> missing_;
};

void expect_shape(const Checkpoint& checkpoint, const Tensor& tensor,
                  const std::vector<std::uint64_t>& shape) {
  if (tensor.shape != shape) {
    refuse(checkpoint, "tensor " + in_quotes(tensor.name) + " has shape " +
                           shape_text(tensor.shape) + ", expected " + shape_text(shape));
  }
}

void expect_weights(const Checkpoint& checkpoint, const Tensor& tensor,
                    const std::vector<std::uint64_t>& shape) {
  expect_shape(checkpoint, tensor, shape);
  if (!is_floating(tensor.dtype)) {
    refuse(checkpoint, "tensor " + in_quotes(tensor.name) + " holds " +
                           std::string(dtype_name(tensor.dtype)) +
                           ", expected floating-point numbers");
  }
}

// A dimension that is read from the file: at least 1, at most `most`.
std::uint64_t dimension(const Checkpoint& checkpoint, const Tensor& tensor, std::uint64_t most) {
  const std::uint64_t found = tensor.shape.empty() ? 0 : tensor.shape[0];
  if (found < 1 || found > most) {
    refuse(checkpoint, "tensor " + in_quotes(tensor.name) + " has shape " +
                           shape_text(tensor.shape) + ", expected a first dimension of 1 to " +
                           std::to_string(most));
  }
  return found;
}

HeadTensors take_head(Keys& keys, const std::string& name) {
  HeadTensors head;
  head.features = keys.take(name + "._features");
  head.spatial = keys.take(name + ".spatial");
  head.bias = keys.take(name + ".bias");
  return head;
}

std::string block_name(std::size_t b) {
  return "core.block" + std::to_string(b + 1);
}

void check_shapes(const Checkpoint& checkpoint, Cnn8State& state,
                  std::span<const Tensor* const> counters) {
  const std::uint64_t channels = dimension(checkpoint, *state.blocks[0].weight, kMostChannels);
  if (channels % 8 != 0) {
    refuse(checkpoint, std::to_string(channels) + " channels, expected a multiple of 8");
  }
  for (std::size_t b = 0; b < state.blocks.size(); ++b) {
    const BlockTensors& block = state.blocks[b];
    const auto kernel = static_cast<std::uint64_t>(cnn8::kBlocks[b].kernel);
    const std::uint64_t inputs = b == 0 ? cnn8::kInputChannels : channels;
    expect_weights(checkpoint, *block.weight, {channels, inputs, kernel, kernel});
    for (const Tensor* vector : {block.scale, block.shift, block.mean, block.variance}) {
      expect_weights(checkpoint, *vector, {channels});
    }
    expect_shape(checkpoint, *counters[b], {});
  }
  const std::uint64_t vertices = dimension(checkpoint, *state.heads[0].features, kMostVertices);
  for (const HeadTensors& head : state.heads) {
    expect_weights(checkpoint, *head.features, {vertices, channels});
    expect_weights(checkpoint, *head.spatial, {vertices, cnn8::kFeatureSide, cnn8::kFeatureSide});
    expect_weights(checkpoint, *head.bias, {vertices});
  }
  state.channels = static_cast<int>(channels);
  state.vertices = static_cast<std::uint32_t>(vertices);
}

}  // namespace

Cnn8State find_cnn8(const Checkpoint& checkpoint) {
  Keys keys(checkpoint);
  Cnn8State state;
  std::array<const Tensor*, cnn8::kBlocks.size()> counters{};  // num_batches_tracked, unused
  for (std::size_t b = 0; b < state.blocks.size(); ++b) {
    const std::string norm = block_name(b) + ".1.";
    BlockTensors& block = state.blocks[b];
    block.weight = keys.take(block_name(b) + ".0.weight");
    block.scale = keys.take(norm + "weight");
    block.shift = keys.take(norm + "bias");
    block.mean = keys.take(norm + "running_mean");
    block.variance = keys.take(norm + "running_var");
    counters[b] = keys.take(norm + "num_batches_tracked");
  }
  const std::vector<std::string> names = keys.head_names();
  state.multihead = !names.empty();
  for (const std::string& name : names) {
    state.heads.push_back(take_head(keys, std::string(kHeads) + name));
    state.heads.back().subject = parse_subject(name);
  }
  if (!state.multihead) state.heads.push_back(take_head(keys, "readout"));
  keys.expect_all();
  for (std::size_t h = 0; h < names.size(); ++h) {
    const std::optional<Subject>& subject = state.heads[h].subject;
    if (!subject || subject->key() != names[h]) {
      refuse(checkpoint, "readout " + in_quotes(names[h]) + " is of no known subject",
             "Known are sub-NN_NAME with NAME one of MOSAIC's eight datasets, e.g. sub-01_NSD.");
    }
  }
  check_shapes(checkpoint, state, counters);
  return state;
}

}  // namespace corticast::weights
