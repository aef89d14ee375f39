#include "engine/model/format.h"

#include <algorithm>
#include <set>

#include "engine/base/checked_math.h"

namespace corticast::format {
namespace {

using safetensors::Dtype;
using safetensors::in_quotes;
using safetensors::refuse;
using safetensors::Tensor;

// Appends tensors one behind the other, each data tensor with its checksums.
class LayoutBuilder {
 public:
  void data(const std::string& name, Dtype dtype, std::vector<std::uint64_t> shape) {
    const std::uint64_t blocks = (shape[0] + kRowsPerBlock - 1) / kRowsPerBlock;
    append(name, dtype, std::move(shape));
    const std::uint64_t at = tensors_.back().end;
    const std::uint64_t end = round_up(at + blocks * kSumBytes, safetensors::kAlignment);
    append(kSumPrefix + name, Dtype::kU8, {end - at});
  }
  void append(const std::string& name, Dtype dtype, std::vector<std::uint64_t> shape) {
    std::uint64_t bytes = safetensors::dtype_bytes(dtype);
    for (const std::uint64_t dim : shape) bytes *= dim;
    const std::uint64_t begin = tensors_.empty() ? 0 : tensors_.back().end;
    tensors_.push_back({name, dtype, std::move(shape), begin, begin + bytes});
  }
  std::vector<Tensor> take() { return std::move(tensors_); }

 private:
  std::vector<Tensor> tensors_;
};

bool has(const std::vector<Tensor>& tensors, const std::string& name) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const Tensor& tensor) { return tensor.name == name; });
}

// Which tensor is unknown, missing or out of place, once found and expected names differ.
[[noreturn]] void refuse_names(const std::vector<Tensor>& found,
                               const std::vector<Tensor>& expected, const ModelInfo& info,
                               const std::string& name) {
  for (const Tensor& tensor : found) {
    if (!has(expected, tensor.name)) refuse(name, "unknown tensor " + in_quotes(tensor.name));
  }
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    const std::string spatial = readout_name(info, i) + ".spatial";
    if (info.multihead && !has(found, spatial)) {
      refuse(name, "subject " + info.subjects[i].canonical() + " has no readout: tensor " +
                       in_quotes(spatial) + " is missing");
    }
  }
  for (const Tensor& tensor : expected) {
    if (!has(found, tensor.name)) refuse(name, "tensor " + in_quotes(tensor.name) + " is missing");
  }
  refuse(name, "the tensors are not in the order of this format");
}

void check_tensors(const std::vector<Tensor>& found, const ModelInfo& info,
                   const std::string& name) {
  const std::vector<Tensor> expected = layout(info);
  const auto same_name = [](const Tensor& a, const Tensor& b) { return a.name == b.name; };
  if (!std::equal(found.begin(), found.end(), expected.begin(), expected.end(), same_name)) {
    refuse_names(found, expected, info, name);
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (found[i].dtype != expected[i].dtype || found[i].shape != expected[i].shape) {
      refuse(name, "tensor " + in_quotes(found[i].name) + " is " + found[i].describe() +
                       ", expected " + expected[i].describe());
    }
  }
}

}  // namespace

std::string readout_name(const ModelInfo& info, std::size_t index) {
  return info.multihead ? "readout." + info.subjects[index].key() : "readout";
}

std::string subject_name(const ModelInfo& info, std::size_t index) {
  return info.multihead ? "subject." + info.subjects[index].key() : "subject";
}

bool is_weight(const Tensor& tensor) {
  return !tensor.name.starts_with("subject");
}

std::vector<Tensor> layout(const ModelInfo& info) {
  const std::uint64_t vertices = info.vertices;
  const auto channels = static_cast<std::uint64_t>(info.channels);
  LayoutBuilder tensors;
  if (info.vertex_set != "none") tensors.data(kGrayordinates, Dtype::kI32, {vertices});
  std::uint64_t in_channels = cnn8::kInputChannels;
  for (std::size_t b = 0; b < cnn8::kBlocks.size(); ++b) {
    const std::string block = "core.block" + std::to_string(b + 1);
    const auto kernel = static_cast<std::uint64_t>(cnn8::kBlocks[b].kernel);
    tensors.data(block + ".weight", Dtype::kF32, {channels, in_channels, kernel, kernel});
    tensors.data(block + ".bias", Dtype::kF32, {channels});
    in_channels = channels;
  }
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    const std::string readout = readout_name(info, i);
    tensors.data(readout + ".spatial", Dtype::kF32, {vertices, std::uint64_t{cnn8::kPositions}});
    tensors.data(readout + ".features", Dtype::kF32, {vertices, channels});
    tensors.data(readout + ".bias", Dtype::kF32, {vertices});
  }
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    if (!info.has_metadata(i)) continue;
    const std::string subject = subject_name(info, i);
    tensors.data(subject + ".noise_ceilings", Dtype::kF32,
                 {kNoiseCeilings.size(), kCeilingGrayordinates});
    tensors.data(subject + ".json", Dtype::kU8, {1, info.metadata_bytes[i]});
  }
  tensors.append(kHeaderSum, Dtype::kU8, {kSumBytes});
  return tensors.take();
}

void check_grayordinates(const std::vector<std::int32_t>& grayordinates, const std::string& name) {
  std::int64_t previous = -1;
  for (std::size_t v = 0; v < grayordinates.size(); ++v) {
    const std::int64_t value = grayordinates[v];
    if (value < 0 || value >= kCorticalGrayordinates) {
      refuse(name, "grayordinate " + std::to_string(value) + " of vertex " + std::to_string(v) +
                       ", expected 0 to " + std::to_string(kCorticalGrayordinates - 1));
    }
    if (value <= previous) {
      refuse(name, "grayordinates are not ascending: " + std::to_string(value) + " of vertex " +
                       std::to_string(v) + " follows " + std::to_string(previous));
    }
    previous = value;
  }
}

Validated validate(ByteSpan start, std::uint64_t file_bytes, const std::string& name) {
  Validated valid;
  valid.header = safetensors::parse_header(
      start, file_bytes, name,
      [&](const safetensors::Metadata& metadata) { check_version(metadata, name); });
  valid.info = from_metadata(valid.header.metadata, name);
  check_tensors(valid.header.tensors, valid.info, name);
  return valid;
}

}  // namespace corticast::format
