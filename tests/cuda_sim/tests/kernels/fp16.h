// fp16 values by NVIDIA's own host conversions.
#pragma once

#include <cuda_fp16.h>

#include <vector>

#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::test {

inline kernels::Half to_half(float value) {
  return static_cast<__half_raw>(__float2half_rn(value)).x;
}

inline float to_float(kernels::Half bits) {
  __half_raw raw;
  raw.x = bits;
  return __half2float(__half(raw));
}

inline std::vector<kernels::Half> to_halves(const std::vector<float>& values) {
  std::vector<kernels::Half> halves;
  halves.reserve(values.size());
  for (const float value : values) halves.push_back(to_half(value));
  return halves;
}

inline std::vector<float> to_floats(const std::vector<kernels::Half>& halves) {
  std::vector<float> values;
  values.reserve(halves.size());
  for (const kernels::Half half : halves) values.push_back(to_float(half));
  return values;
}

}  // namespace cuda_sim::test
