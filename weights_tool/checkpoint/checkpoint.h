// A PyTorch checkpoint as a list of named tensors whose values are read piece by piece.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/file.h"
#include "weights_tool/checkpoint/dtype.h"

namespace corticast::weights {

struct Tensor {
  std::string_view name;  // key in the state dict, points into the file
  DType dtype = DType::kF32;
  std::vector<std::uint64_t> shape;   // empty for a scalar
  std::vector<std::uint64_t> stride;  // in elements
  std::uint64_t offset = 0;           // in elements, of the first item in `storage`
  std::uint64_t items = 0;            // product of shape
  ByteSpan storage;                   // every item lies inside (checked when opened)

  std::uint64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  std::uint64_t row_items() const { return rows() == 0 ? 0 : items / rows(); }
};

std::string shape_text(std::span<const std::uint64_t> shape);  // "[384, 3, 5, 5]"

// Opens both forms of checkpoint file. Nothing in the file is ever executed. Immutable, so any
// number of threads may read tensors.
class Checkpoint {
 public:
  // Maps the file and checks everything but the values. Throws Error{kModel}: not a checkpoint,
  // damaged, refers to anything not on the list of accepted names, not a dict of tensors.
  explicit Checkpoint(const std::filesystem::path& path);

  const std::string& name() const { return name_; }                // the path, for messages
  const std::vector<Tensor>& tensors() const { return tensors_; }  // in file order
  const Tensor* find(std::string_view name) const;                 // nullptr when absent

  // Items [first, first + out.size()) of the tensor in C order as float32 (f64 is rounded, f16 and
  // bf16 widen exactly). The range must lie inside the tensor. Needs no memory of its own, and lets
  // go of the file's pages afterwards. Throws Error{kModel} for an integer tensor and for a value
  // that is not finite as float32.
  void read(const Tensor& tensor, std::uint64_t first, std::span<float> out) const;
  // The whole tensor.
  std::vector<float> read_all(const Tensor& tensor) const;

  // SHA-256 of the file, 64 hex digits.
  std::string sha256() const;

 private:
  std::string name_;
  MappedFile file_;
  std::vector<Tensor> tensors_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace corticast::weights
