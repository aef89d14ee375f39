#include "weights_tool/checkpoint/strided_read.h"

#include <algorithm>
#include <cstring>

namespace corticast::weights {
namespace {

// A run of items whose storage positions are `step` apart.
void copy_run(const Tensor& tensor, std::uint64_t position, std::uint64_t step,
              std::span<float> out) {
  const std::byte* storage = tensor.storage.data();
  if (tensor.dtype == DType::kF32 && step == 1) {
    std::memcpy(out.data(), storage + position * sizeof(float), out.size_bytes());
    return;
  }
  for (float& value : out) {
    value = load_as_float(tensor.dtype, storage, position);
    position += step;
  }
}

// A dimension of the tensor after merging: positions step * 0..size-1.
struct Axis {
  std::uint64_t size;
  std::uint64_t step;
};

// The tensor's axes without those of size 1, neighbours that are contiguous with each other merged.
std::vector<Axis> merged_axes(const Tensor& tensor) {
  std::vector<Axis> axes;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    const Axis axis{tensor.shape[d], tensor.stride[d]};
    if (axis.size == 1) continue;
    // No overflow: (size - 1) * step of a used axis lies inside the storage.
    if (!axes.empty() && axes.back().step / axis.size == axis.step &&
        axes.back().step % axis.size == 0) {
      axes.back() = {axes.back().size * axis.size, axis.step};
    } else {
      axes.push_back(axis);
    }
  }
  if (axes.empty()) axes.push_back({1, 0});
  return axes;
}

}  // namespace

ByteSpan strided_read(const Tensor& tensor, std::uint64_t first, std::span<float> out) {
  if (out.empty()) return {};
  const std::vector<Axis> axes = merged_axes(tensor);
  const std::size_t inner = axes.size() - 1;
  std::vector<std::uint64_t> at(axes.size());
  for (std::size_t d = axes.size(); d-- > 0;) {
    at[d] = first % axes[d].size;
    first /= axes[d].size;
  }
  std::uint64_t lowest = tensor.storage.size();
  std::uint64_t highest = 0;
  while (!out.empty()) {
    std::uint64_t position = tensor.offset;
    for (std::size_t d = 0; d < axes.size(); ++d) position += at[d] * axes[d].step;
    const std::uint64_t run = std::min<std::uint64_t>(axes[inner].size - at[inner], out.size());
    copy_run(tensor, position, axes[inner].step, out.first(run));
    lowest = std::min(lowest, position);
    highest = std::max(highest, position + (run - 1) * axes[inner].step);
    out = out.subspan(run);
    at[inner] = 0;
    for (std::size_t d = inner; d-- > 0;) {
      if (++at[d] < axes[d].size) break;
      at[d] = 0;
    }
  }
  const std::uint64_t item = item_bytes(tensor.dtype);
  return tensor.storage.subspan(lowest * item, (highest - lowest + 1) * item);
}

}  // namespace corticast::weights
