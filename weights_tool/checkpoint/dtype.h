// Element types of a checkpoint's storages.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/bytes.h"

namespace corticast::weights {

enum class DType : std::uint8_t { kF32, kF64, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool };

std::uint64_t item_bytes(DType dtype);
std::string_view dtype_name(DType dtype);  // "float32", as PyTorch spells it
bool is_floating(DType dtype);

// IEEE binary16 and bfloat16 widened exactly, subnormals, infinities and NaN included.
float widen_half(std::uint16_t bits);
float widen_bfloat16(std::uint16_t bits);

// Element `index` of a storage as float32: exact for f32, f16 and bf16, rounded to nearest for f64
// (infinite when out of range). The dtype must be floating and the element inside the storage.
float load_as_float(DType dtype, const std::byte* storage, std::uint64_t index);

}  // namespace corticast::weights
