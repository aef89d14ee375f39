// Byte views and little-endian loads. Files are little-endian and so are the machines we build for.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

static_assert(std::endian::native == std::endian::little,
              "corticast needs a little-endian machine");

namespace corticast {

using ByteSpan = std::span<const std::byte>;

// Reads a trivially copyable T at any alignment. The caller has checked that sizeof(T) bytes exist.
template <typename T>
[[nodiscard]] T load_le(const void* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

[[nodiscard]] inline ByteSpan as_byte_span(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

[[nodiscard]] inline std::string_view as_text(ByteSpan bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

}  // namespace corticast
