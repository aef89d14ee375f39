#include "engine/backend/cuda/numerics.h"

#include <string>

#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

constexpr int kFirstWithTf32AndBf16 = 80;

// Where the bounds come from. One rounding to nearest with p bits of mantissa costs 0.42 * 2^-p rms
// of a value (2.5e-8 for float32, 2.0e-4 for float16, 1.6e-3 for bfloat16).
//
// float32: block 2 sums 9,600 products; in one chain each partial sum is rounded, which leaves
// 2.5e-8 * sqrt(9600 / 2) = 1.7e-6 of the output's rms where terms have random signs, and more
// where large terms cancel: up to five times is allowed. Winograd transforms multiply the rounding
// of inputs and filters by a small factor: twice that.
constexpr double kDirect = 8e-6;
constexpr double kWinograd = 1.6e-5;
// A result is rounded once to float16 or bfloat16, or its factors to TF32 (of float16's mantissa),
// which some hardware truncates. Ten such roundings stay within what a wrong weight would cost.
constexpr double kTenBitMantissa = 2e-3;
constexpr double kSevenBitMantissa = 1.6e-2;

}  // namespace

Numerics numerics_of(Precision precision, const Device& device) {
  using kernels::cuda::Element;
  using kernels::cuda::kInputChannels;
  const bool ampere = device.compute_capability >= kFirstWithTf32AndBf16;
  if (!ampere && (precision == Precision::kTf32 || precision == Precision::kBf16)) {
    throw Error(ErrorCode::kDevice,
                device.name + " (compute capability " +
                    std::to_string(device.compute_capability / 10) + "." +
                    std::to_string(device.compute_capability % 10) + ") has no " +
                    to_string(precision) + ", which takes 8.0",
                "It has fp32, fp32-strict and fp16.");
  }
  switch (precision) {
    case Precision::kFp32:
      return {precision, Element::kFloat32, Layout::kPlanes, 3, kWinograd};
    case Precision::kFp32Strict:
      return {precision, Element::kFloat32, Layout::kPlanes, 3, kDirect};
    case Precision::kTf32:
      return {precision, Element::kFloat32, Layout::kChannelsLast, kInputChannels, kTenBitMantissa};
    case Precision::kFp16:
      return {precision, Element::kFloat16, Layout::kChannelsLast, kInputChannels, kTenBitMantissa};
    case Precision::kBf16:
      return {precision, Element::kBfloat16, Layout::kChannelsLast, kInputChannels,
              kSevenBitMantissa};
  }
  throw Error(ErrorCode::kInternal, "a precision without numerics");
}

}  // namespace corticast::cuda
