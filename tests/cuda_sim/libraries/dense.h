// Tensors of four dims as float on the host, and their way from and to device memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/cuda_sim/libraries/graph.h"
#include "tests/cuda_sim/machine/memory.h"

namespace cuda_sim::cudnn {

enum class Order : std::uint8_t { kRowMajor, kChannelsLast };  // [0][1][2][3] or [0][2][3][1]

struct Dense {
  Dense() = default;
  Dense(const std::vector<std::int64_t>& dims, Order order);

  std::array<std::int64_t, 4> dims{};
  std::array<std::int64_t, 4> strides{};  // in elements
  std::vector<float> values;              // without gaps

  std::size_t at(std::int64_t i0, std::int64_t i1, std::int64_t i2, std::int64_t i3) const {
    return static_cast<std::size_t>(i0 * strides[0] + i1 * strides[1] + i2 * strides[2] +
                                    i3 * strides[3]);
  }
};

// The whole tensor must lie in one live allocation, or std::logic_error: the caller has checked.
// Every value of the three data types is a float, so nothing is rounded.
Dense read_tensor(Memory& memory, const Tensor& tensor, std::uint64_t address, Order order);
// Rounds to nearest even into the tensor's type; bytes in gaps between elements are not touched.
void write_tensor(Memory& memory, const Tensor& tensor, std::uint64_t address, const Dense& dense);

// Whether every element (gaps do not count) was ever written. Same condition on the address.
bool initialised(Memory& memory, const Tensor& tensor, std::uint64_t address);

// Rounds every value to tf32 as a tensor core's input is (to nearest, ties away from zero).
void round_to_tf32(Dense& dense);

}  // namespace cuda_sim::cudnn
