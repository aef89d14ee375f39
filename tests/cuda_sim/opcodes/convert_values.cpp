#include "tests/cuda_sim/opcodes/convert_values.h"

#include <cmath>
#include <limits>

#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

template <class Register, class Value>
void read_as(const Warp& warp, LaneRef from, std::int64_t* values) {
  const auto* in = warp.read<Register>(from);
  for (unsigned i = 0; i < kLanes; ++i) {
    values[i] = static_cast<std::int64_t>(static_cast<Value>(in[i]));
  }
}

template <class Value>
void read_any_register(const Warp& warp, LaneRef from, std::int64_t* values) {
  if (from.bits == 8) read_as<std::uint8_t, Value>(warp, from, values);
  if (from.bits == 16) read_as<std::uint16_t, Value>(warp, from, values);
  if (from.bits == 32) read_as<std::uint32_t, Value>(warp, from, values);
  if (from.bits == 64) read_as<std::uint64_t, Value>(warp, from, values);
}

template <class Register>
void write_as(Warp& warp, LaneRef to, const std::int64_t* values) {
  write_lanes<Register>(warp, to, [=](unsigned i) { return static_cast<Register>(values[i]); });
}

// The bits of a value of the floating-point type.
std::uint64_t float_bits(double value, const ConvertForm& form) {
  if (form.to.kind == Type::Class::kBfloat) return encode(kBf16, value, form.rounding);
  if (form.to.bits == 16) return encode(kF16, value, form.rounding);
  if (form.to.bits == 64) return std::bit_cast<std::uint64_t>(value);
  const std::uint64_t bits = encode(kF32, value, form.rounding);
  return form.ftz && (bits & 0x7f800000U) == 0 ? bits & 0x80000000U : bits;
}

double clamp(double value, const ConvertForm& form) {
  if (form.saturate) value = saturate(value);
  if (form.relu) value = relu(value);
  return value;
}

}  // namespace

void read_integers(const Warp& warp, LaneRef from, Type type, std::int64_t* values) {
  const bool is_signed = type.kind == Type::Class::kSigned;
  switch (type.bits) {
    case 8:
      return is_signed ? read_any_register<std::int8_t>(warp, from, values)
                       : read_any_register<std::uint8_t>(warp, from, values);
    case 16:
      return is_signed ? read_any_register<std::int16_t>(warp, from, values)
                       : read_any_register<std::uint16_t>(warp, from, values);
    case 32:
      return is_signed ? read_any_register<std::int32_t>(warp, from, values)
                       : read_any_register<std::uint32_t>(warp, from, values);
    default:
      return read_any_register<std::uint64_t>(warp, from, values);
  }
}

void read_floats(const Warp& warp, LaneRef from, Type type, bool ftz, double* values) {
  std::int64_t bits[kLanes];
  const Type raw{Type::Class::kUnsigned, type.bits};
  read_integers(warp, from, raw, bits);
  for (unsigned i = 0; i < kLanes; ++i) {
    if (type.bits == 64) {
      values[i] = std::bit_cast<double>(bits[i]);
    } else if (type.bits == 32) {
      const float value = std::bit_cast<float>(static_cast<std::uint32_t>(bits[i]));
      values[i] = static_cast<double>(ftz ? flush(value) : value);
    } else {
      const auto half = static_cast<std::uint16_t>(bits[i]);
      values[i] = static_cast<double>(type.kind == Type::Class::kBfloat ? bf16_to_float(half)
                                                                        : f16_to_float(half));
    }
  }
}

void write_integers(Warp& warp, LaneRef to, Type type, const std::int64_t* values) {
  std::int64_t extended[kLanes];
  const unsigned unused = 64 - type.bits;
  for (unsigned i = 0; i < kLanes; ++i) {
    const std::uint64_t top = static_cast<std::uint64_t>(values[i]) << unused;
    extended[i] = type.kind == Type::Class::kSigned ? static_cast<std::int64_t>(top) >> unused
                                                    : static_cast<std::int64_t>(top >> unused);
  }
  if (to.bits == 8) write_as<std::uint8_t>(warp, to, extended);
  if (to.bits == 16) write_as<std::uint16_t>(warp, to, extended);
  if (to.bits == 32) write_as<std::uint32_t>(warp, to, extended);
  if (to.bits == 64) write_as<std::uint64_t>(warp, to, extended);
}

void write_floats(Warp& warp, LaneRef to, const ConvertForm& form, const double* values) {
  const bool nearest = form.rounding == Rounding::kNearestEven;
  const bool plain = nearest && !form.saturate && !form.relu;
  if (plain && form.to.bits == 32 && to.bits == 32 && !form.ftz) {
    return write_lanes<float>(warp, to,
                              [=](unsigned i) { return canonical(static_cast<float>(values[i])); });
  }
  std::int64_t bits[kLanes];
  for (unsigned i = 0; i < kLanes; ++i) {
    bits[i] = static_cast<std::int64_t>(float_bits(clamp(values[i], form), form));
  }
  write_integers(warp, to, Type{Type::Class::kUnsigned, form.to.bits}, bits);
}

std::int64_t saturate_integer(std::int64_t value, bool value_is_unsigned, Type to) {
  const bool to_signed = to.kind == Type::Class::kSigned;
  const std::uint64_t most =
      to_signed ? (std::uint64_t{1} << (to.bits - 1)) - 1
                : (to.bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << to.bits) - 1);
  if (value_is_unsigned || value >= 0) {
    return static_cast<std::int64_t>(std::min(static_cast<std::uint64_t>(value), most));
  }
  const std::int64_t least = to_signed ? -static_cast<std::int64_t>(most) - 1 : 0;
  return std::max(value, least);
}

double to_integral(double value, Integral how) {
  switch (how) {
    case Integral::kNearestEven:
      return std::nearbyint(value);
    case Integral::kZero:
      return std::trunc(value);
    case Integral::kDown:
      return std::floor(value);
    case Integral::kUp:
      return std::ceil(value);
    default:
      return value;
  }
}

std::int64_t float_to_integer(double value, Integral how, Type to, Type from) {
  if (std::isnan(value)) {
    return to.bits == 64 || from.bits == 64
               ? static_cast<std::int64_t>(std::uint64_t{1} << (to.bits - 1))
               : 0;
  }
  const double whole = to_integral(value, how);
  if (to.kind == Type::Class::kSigned) {
    const double bound = std::ldexp(1.0, static_cast<int>(to.bits) - 1);
    if (whole >= bound)
      return saturate_integer(std::numeric_limits<std::int64_t>::max(), false, to);
    if (whole < -bound)
      return saturate_integer(std::numeric_limits<std::int64_t>::min(), false, to);
    return static_cast<std::int64_t>(whole);
  }
  const double bound = std::ldexp(1.0, static_cast<int>(to.bits));
  if (whole >= bound) return saturate_integer(-1, true, to);
  if (whole <= 0) return 0;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(whole));
}

}  // namespace cuda_sim
