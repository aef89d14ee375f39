#include "weights_tool/checkpoint/checkpoint.h"

#include <algorithm>
#include <cmath>

#include "engine/base/checked_math.h"
#include "engine/base/digest.h"
#include "weights_tool/checkpoint/container.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/strided_read.h"

namespace corticast::weights {
namespace {

constexpr std::uint64_t kMostItems = std::uint64_t{1} << 40;  // expanded tensors can claim anything

[[noreturn]] void refuse(const std::string& file, std::string_view tensor, const std::string& what,
                         const std::string& hint = {}) {
  throw Error(ErrorCode::kModel, file + ": tensor " + in_quotes(tensor) + ": " + what, hint);
}

// The position one past the last element that the tensor touches, or nothing on overflow.
std::optional<std::uint64_t> extent(const TensorReference& tensor) {
  std::uint64_t last = tensor.offset;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    const auto reach = checked_mul(tensor.shape[d] - 1, tensor.stride[d]);
    const auto next = reach ? checked_add(last, *reach) : std::nullopt;
    if (!next) return std::nullopt;
    last = *next;
  }
  return checked_add(last, 1);
}

Tensor checked_tensor(const TensorReference& reference, std::string_view name,
                      const Container& container, const std::string& file) {
  Tensor tensor;
  tensor.name = name;
  tensor.dtype = reference.storage.dtype;
  tensor.shape = reference.shape;
  tensor.stride = reference.stride;
  tensor.items = 1;
  const bool empty = std::find(tensor.shape.begin(), tensor.shape.end(), 0u) != tensor.shape.end();
  for (const std::uint64_t dim : tensor.shape) {
    const auto product = checked_mul(tensor.items, dim);
    if (!empty && (!product || *product > kMostItems)) {
      refuse(file, name, "shape " + shape_text(tensor.shape) + " has too many items");
    }
    tensor.items = empty ? 0 : *product;
  }
  const std::uint64_t count = reference.storage.view_count;
  if (const auto end = extent(reference); !empty && (!end || *end > count)) {
    refuse(file, name,
           "shape " + shape_text(tensor.shape) + " with strides " + shape_text(tensor.stride) +
               " at offset " + std::to_string(reference.offset) +
               " reaches outside its storage of " + std::to_string(count) + " elements");
  }
  const std::uint64_t item = item_bytes(tensor.dtype);
  const ByteSpan storage = container.storages.at(reference.storage.key);
  tensor.storage = storage.subspan(reference.storage.offset * item, count * item);
  tensor.offset = reference.offset;
  return tensor;
}

}  // namespace

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text = "[";
  for (const std::uint64_t dim : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(dim);
  }
  return text + "]";
}

Checkpoint::Checkpoint(const std::filesystem::path& path)
    : name_(path.string()), file_(path, ErrorCode::kModel) {
  const Container container = open_container(file_.bytes(), name_);
  const PickleValues& object = container.object;
  if (object.top().kind != Kind::kDict) {
    throw Error(ErrorCode::kModel, name_ + ": holds no dict of tensors",
                "Save the model's state_dict() with torch.save.");
  }
  const std::vector<ValueId>& items = object.top().items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const Value& key = object[items[i]];
    const Value& value = object[items[i + 1]];
    if (key.kind != Kind::kString || value.kind != Kind::kTensor) {
      throw Error(ErrorCode::kModel,
                  name_ + ": entry " + in_quotes(key.text) + " of its dict is not a named tensor",
                  "Save the model's state_dict() alone with torch.save.");
    }
    const auto& reference = object.tensors[static_cast<std::size_t>(value.integer)];
    if (!index_.emplace(key.text, tensors_.size()).second) {
      refuse(name_, key.text, "appears twice");
    }
    tensors_.push_back(checked_tensor(reference, key.text, container, name_));
  }
}

const Tensor* Checkpoint::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

void Checkpoint::read(const Tensor& tensor, std::uint64_t first, std::span<float> out) const {
  if (!is_floating(tensor.dtype)) {
    refuse(name_, tensor.name,
           "holds " + std::string(dtype_name(tensor.dtype)) + ", expected floating-point numbers");
  }
  if (!fits(first, out.size(), tensor.items)) {
    throw Error(ErrorCode::kInternal, "read outside tensor " + in_quotes(tensor.name));
  }
  const ByteSpan touched = strided_read(tensor, first, out);
  file_.forget(touched);
  const auto bad =
      std::find_if(out.begin(), out.end(), [](float value) { return !std::isfinite(value); });
  if (bad != out.end()) {
    refuse(name_, tensor.name,
           "item " + std::to_string(first + static_cast<std::uint64_t>(bad - out.begin())) +
               " is NaN, infinite or too large for float32",
           "Predictions from it would be meaningless; check the training run or the download.");
  }
}

std::vector<float> Checkpoint::read_all(const Tensor& tensor) const {
  std::vector<float> values(tensor.items);
  read(tensor, 0, values);
  return values;
}

std::string Checkpoint::sha256() const {
  constexpr std::size_t kPiece = std::size_t{4} << 20;
  Sha256 digest;
  for (ByteSpan rest = file_.bytes(); !rest.empty();) {
    const ByteSpan piece = rest.first(std::min(kPiece, rest.size()));
    digest.update(piece);
    file_.forget(piece);
    rest = rest.subspan(piece.size());
  }
  return digest.hex();
}

}  // namespace corticast::weights
