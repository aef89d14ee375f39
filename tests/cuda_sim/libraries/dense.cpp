#include "tests/cuda_sim/libraries/dense.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "tests/cuda_sim/opcodes/half.h"

namespace cuda_sim::cudnn {
namespace {

// The elements of a tensor as runs along the dim that is closest together in device memory.
template <typename Run>
void for_each_run(const Tensor& tensor, Run run) {
  std::array<std::size_t, 4> order{0, 1, 2, 3};  // outermost first
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    // A dim of one element never moves, whatever its stride says.
    const bool a_moves = tensor.dims[a] > 1;
    const bool b_moves = tensor.dims[b] > 1;
    if (a_moves != b_moves) return b_moves;
    return tensor.strides[a] > tensor.strides[b];
  });
  std::array<std::int64_t, 4> index{};
  auto& i = index;
  for (i[order[0]] = 0; i[order[0]] < tensor.dims[order[0]]; ++i[order[0]])
    for (i[order[1]] = 0; i[order[1]] < tensor.dims[order[1]]; ++i[order[1]])
      for (i[order[2]] = 0; i[order[2]] < tensor.dims[order[2]]; ++i[order[2]]) {
        i[order[3]] = 0;
        const std::int64_t offset = i[0] * tensor.strides[0] + i[1] * tensor.strides[1] +
                                    i[2] * tensor.strides[2] + i[3] * tensor.strides[3];
        run(index, static_cast<std::uint64_t>(offset), order[3]);
      }
}

const std::byte* view(Memory& memory, const Tensor& tensor, std::uint64_t address) {
  bool initialised = false;
  const std::byte* const bytes = memory.read(
      address, static_cast<std::uint64_t>(tensor.extent()) * bytes_of(tensor.type), &initialised);
  if (bytes == nullptr) throw std::logic_error(tensor.describe() + " is not in device memory");
  return bytes;
}

}  // namespace

Dense::Dense(const std::vector<std::int64_t>& sizes, Order order) {
  std::copy_n(sizes.begin(), 4, dims.begin());
  if (order == Order::kRowMajor)
    strides = {dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1};
  else
    strides = {dims[1] * dims[2] * dims[3], 1, dims[3] * dims[1], dims[1]};
  values.resize(static_cast<std::size_t>(dims[0] * dims[1] * dims[2] * dims[3]));
}

Dense read_tensor(Memory& memory, const Tensor& tensor, std::uint64_t address, Order order) {
  const std::byte* const bytes = view(memory, tensor, address);
  const std::uint64_t size = bytes_of(tensor.type);
  Dense dense(tensor.dims, order);
  for_each_run(
      tensor, [&](const std::array<std::int64_t, 4>& i, std::uint64_t offset, std::size_t dim) {
        const std::byte* from = bytes + offset * size;
        float* to = dense.values.data() + dense.at(i[0], i[1], i[2], i[3]);
        const std::uint64_t from_step = static_cast<std::uint64_t>(tensor.strides[dim]) * size;
        for (std::int64_t k = 0; k < tensor.dims[dim]; ++k)
          to[k * dense.strides[dim]] =
              load_number(tensor.type, from + static_cast<std::uint64_t>(k) * from_step);
      });
  return dense;
}

void write_tensor(Memory& memory, const Tensor& tensor, std::uint64_t address, const Dense& dense) {
  view(memory, tensor, address);
  const std::uint64_t size = bytes_of(tensor.type);
  for_each_run(tensor, [&](const std::array<std::int64_t, 4>& i, std::uint64_t offset,
                           std::size_t dim) {
    const float* from = dense.values.data() + dense.at(i[0], i[1], i[2], i[3]);
    const std::uint64_t step = static_cast<std::uint64_t>(tensor.strides[dim]) * size;
    const std::uint64_t start = address + offset * size;
    const auto count = static_cast<std::uint64_t>(tensor.dims[dim]);
    std::byte* to = step == size ? memory.write(start, count * size) : nullptr;
    for (std::uint64_t k = 0; k < count; ++k) {
      std::byte* const element =
          to != nullptr ? to + k * size : memory.write(start + k * step, size);
      store_number(tensor.type, from[static_cast<std::int64_t>(k) * dense.strides[dim]], element);
    }
  });
}

bool initialised(Memory& memory, const Tensor& tensor, std::uint64_t address) {
  bool all = true;
  const std::uint64_t size = bytes_of(tensor.type);
  memory.read(address, static_cast<std::uint64_t>(tensor.extent()) * size, &all);
  if (all) return true;
  all = true;
  for_each_run(
      tensor, [&](const std::array<std::int64_t, 4>&, std::uint64_t offset, std::size_t dim) {
        const std::uint64_t step = static_cast<std::uint64_t>(tensor.strides[dim]) * size;
        const auto count = static_cast<std::uint64_t>(tensor.dims[dim]);
        const bool together = step == size;
        for (std::uint64_t k = 0; k < (together ? 1 : count) && all; ++k)
          memory.read(address + offset * size + k * step, together ? count * size : size, &all);
      });
  return all;
}

void round_to_tf32(Dense& dense) {
  for (float& value : dense.values) value = std::bit_cast<float>(float_to_tf32(value));
}

}  // namespace cuda_sim::cudnn
