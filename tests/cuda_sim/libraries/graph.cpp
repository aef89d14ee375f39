#include "tests/cuda_sim/libraries/graph.h"

namespace cuda_sim::cudnn {

std::int64_t Tensor::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count *= dim;
  return count;
}

std::int64_t Tensor::extent() const {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < dims.size(); ++i) last += (dims[i] - 1) * strides[i];
  return last + 1;
}

std::string Tensor::describe() const {
  std::string text = "tensor " + std::to_string(uid) + " (" + to_string(type) + ", ";
  for (std::size_t i = 0; i < dims.size(); ++i)
    text += (i == 0 ? "" : "x") + std::to_string(dims[i]);
  return text + ")";
}

}  // namespace cuda_sim::cudnn
