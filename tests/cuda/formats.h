// Floating-point formats by their definition in IEEE 754: a sign, exponent bits, fraction bits.
// What device memory holds is written and read here without any of CUDA's conversions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/cuda/kernels.h"

namespace corticast::test {

struct Format {
  int exponent_bits;
  int fraction_bits;

  int bytes() const { return (1 + exponent_bits + fraction_bits) / 8; }
  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
};
Format format_of(kernels::cuda::Element element);
std::string name_of(kernels::cuda::Element element);  // "float16"

inline const std::vector<kernels::cuda::Element> kElements = {kernels::cuda::Element::kFloat32,
                                                              kernels::cuda::Element::kFloat16,
                                                              kernels::cuda::Element::kBfloat16};

// To the nearest number of the format, to an even fraction where two are as near; infinite from
// half a unit beyond the largest on.
double round_to(const Format& format, double value);

// The bytes in memory of values rounded to the format, and back. Little endian.
std::vector<std::uint8_t> stored(const Format& format, const std::vector<double>& values);
std::vector<double> loaded(const Format& format, const std::vector<std::uint8_t>& bytes);

}  // namespace corticast::test
