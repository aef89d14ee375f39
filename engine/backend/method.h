// How a program computes: its arithmetic and the choices that do not change what is computed.
#pragma once

#include <cstdint>
#include <string>

namespace corticast {

// fp32: float32 throughout, Winograd allowed. fp32-strict: direct convolution. tf32, fp16, bf16:
// products of numbers rounded to that format, sums in float32.
enum class Precision : std::uint8_t { kFp32, kFp32Strict, kTf32, kFp16, kBf16 };

// "fp32" -> kFp32 and so on; throws Error{kUsage} with the list for anything else.
Precision parse_precision(const std::string& text);
std::string to_string(Precision precision);

// The factorised readout as one kernel that never stores the products of masks and images, or as
// matrix products by a library (cuBLAS) followed by a reduction. They agree up to rounding.
enum class ReadoutMethod : std::uint8_t { kAuto, kFused, kGemm };

// "auto", "fused", "gemm"; throws Error{kUsage} for anything else.
ReadoutMethod parse_readout_method(const std::string& text);
std::string to_string(ReadoutMethod method);

// What a program's input slots hold, one image after the other: 8-bit pixels [224, 224, 3], or what
// becomes of them, normalised float32 planes [3, 224, 224].
enum class InputKind : std::uint8_t { kPixels, kNormalised };

struct Method {
  Precision precision = Precision::kFp32;
  ReadoutMethod readout = ReadoutMethod::kAuto;
  bool tune = false;  // time the candidates of each convolution on the device, keep the fastest
  InputKind input = InputKind::kPixels;

  Method() = default;
  Method(Precision p)
      : precision(p) {}  // NOLINT(google-explicit-constructor): the rest is defaults
};

}  // namespace corticast
