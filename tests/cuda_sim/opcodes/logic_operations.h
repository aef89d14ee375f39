// Shifts, bit fields and byte permutations on one lane, PTX ISA 9.7.1 and 9.7.8.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace cuda_sim {

// Amounts above the width shift everything out.
struct ShiftLeft {
  template <class T>
  static T apply(T a, std::uint32_t amount) {
    return amount >= 8 * sizeof(T) ? T{0} : static_cast<T>(a << amount);
  }
};
struct ShiftRight {
  template <class T>
  static T apply(T a, std::uint32_t amount) {
    constexpr std::uint32_t kBits = 8 * sizeof(T);
    if constexpr (std::is_signed_v<T>) {
      return static_cast<T>(a >> (amount >= kBits ? kBits - 1 : amount));
    } else {
      return amount >= kBits ? T{0} : static_cast<T>(a >> amount);
    }
  }
};

// [high:low] shifted; the upper word of it to the left, the lower word to the right.
template <bool Left, bool Clamp>
struct Funnel {
  static std::uint32_t apply(std::uint32_t low, std::uint32_t high, std::uint32_t amount) {
    const std::uint32_t n = Clamp ? std::min(amount, 32U) : amount & 31U;
    const std::uint64_t both = std::uint64_t{high} << 32 | low;
    return static_cast<std::uint32_t>(Left ? (both << n) >> 32 : both >> n);
  }
};

// length bits from position on; beyond the top bit, and for signed types, copies of the sign: the
// last bit of the field that there is. Position and length count modulo 256.
struct ExtractField {
  template <class T>
  static T apply(T a, std::uint32_t position, std::uint32_t length) {
    using U = std::make_unsigned_t<T>;
    constexpr std::uint32_t kTop = 8 * sizeof(T) - 1;
    position &= 0xffU;
    length &= 0xffU;
    if (length == 0) return T{0};
    const std::uint32_t last = std::min(position + length - 1, kTop);
    const bool ones = std::is_signed_v<T> && ((static_cast<U>(a) >> last) & 1U) != 0;
    const U fill = ones ? static_cast<U>(~U{0}) : U{0};
    const U field = position > kTop ? fill : static_cast<U>(a) >> position;
    const std::uint32_t kept = position > kTop ? 0 : last - position + 1;
    const U mask = kept > kTop ? static_cast<U>(~U{0}) : static_cast<U>((U{1} << kept) - 1);
    return static_cast<T>((field & mask) | (fill & ~mask));
  }
};

// b with its bits from position on replaced by the lowest length bits of a.
struct InsertField {
  template <class T>
  static T apply(T a, T b, std::uint32_t position, std::uint32_t length) {
    constexpr std::uint32_t kBits = 8 * sizeof(T);
    position &= 0xffU;
    length &= 0xffU;
    if (position >= kBits) return b;
    const T field = length >= kBits ? ~T{0} : (T{1} << length) - 1;
    const T mask = field << position;
    return (b & ~mask) | ((a << position) & mask);
  }
};

struct PopulationCount {
  template <class T>
  static std::uint32_t apply(T a) {
    return static_cast<std::uint32_t>(std::popcount(a));
  }
};
struct LeadingZeros {
  template <class T>
  static std::uint32_t apply(T a) {
    return static_cast<std::uint32_t>(std::countl_zero(a));
  }
};
struct Reverse {
  template <class T>
  static T apply(T a) {
    T result = 0;
    for (unsigned i = 0; i < 8 * sizeof(T); ++i)
      result |= ((a >> i) & 1U) << (8 * sizeof(T) - 1 - i);
    return result;
  }
};

// bfind: the most significant bit that differs from the sign (from 0 for unsigned types), counted
// from bit 0, or as the left shift that brings it to the top; all ones where there is none.
template <bool ShiftAmount>
struct FindLeading {
  template <class T>
  static std::uint32_t apply(T a) {
    using U = std::make_unsigned_t<T>;
    const U bits =
        static_cast<U>(std::is_signed_v<T> && a < T{0} ? ~static_cast<U>(a) : static_cast<U>(a));
    if (bits == 0) return 0xffffffffU;
    const auto zeros = static_cast<std::uint32_t>(std::countl_zero(bits));
    return ShiftAmount ? zeros : static_cast<std::uint32_t>(8 * sizeof(T)) - 1 - zeros;
  }
};

inline std::uint32_t byte_of(std::uint32_t a, std::uint32_t b, unsigned i) {
  return static_cast<std::uint32_t>((std::uint64_t{b} << 32 | a) >> (8 * (i & 7U))) & 0xffU;
}

// prmt: each nibble of the selector picks a byte of [b:a], or with its top bit set the byte's sign.
struct Permute {
  static std::uint32_t apply(std::uint32_t a, std::uint32_t b, std::uint32_t selector) {
    std::uint32_t result = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint32_t nibble = selector >> (4 * i) & 0xfU;
      const std::uint32_t byte = byte_of(a, b, nibble);
      const std::uint32_t sign = (byte & 0x80U) != 0 ? 0xffU : 0U;
      result |= ((nibble & 8U) != 0 ? sign : byte) << (8 * i);
    }
    return result;
  }
};
// The other modes: Choice(selector, i) is the source of byte i, selector from 0 to 3.
template <auto Choice>
struct PermuteBy {
  static std::uint32_t apply(std::uint32_t a, std::uint32_t b, std::uint32_t selector) {
    std::uint32_t result = 0;
    for (unsigned i = 0; i < 4; ++i) result |= byte_of(a, b, Choice(selector & 3U, i)) << (8 * i);
    return result;
  }
};

// szext: the lowest `bits` bits, zero- or sign-extended.
template <bool Clamp>
struct Extend {
  template <class T>
  static T apply(T a, std::uint32_t bits) {
    const std::uint32_t n = Clamp ? std::min(bits, 32U) : bits & 31U;
    if (n == 0) return T{0};
    return static_cast<T>(static_cast<T>(static_cast<std::uint32_t>(a) << (32 - n)) >> (32 - n));
  }
};

// bmsk: `width` ones from bit `start` on.
template <bool Clamp>
struct Mask {
  static std::uint32_t apply(std::uint32_t start, std::uint32_t width) {
    const std::uint32_t first = Clamp ? std::min(start, 32U) : start & 31U;
    const std::uint32_t count = Clamp ? std::min(width, 32U) : width & 31U;
    return static_cast<std::uint32_t>(((std::uint64_t{1} << count) - 1) << first);
  }
};

}  // namespace cuda_sim
