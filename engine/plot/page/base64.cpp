#include "engine/plot/page/base64.h"

#include <cstddef>
#include <cstdint>

namespace corticast {

std::string base64(ByteSpan bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    const auto byte = [&](std::size_t k) {
      return k < left ? std::to_integer<std::uint32_t>(bytes[at + k]) : 0U;
    };
    const std::uint32_t three = (byte(0) << 16) | (byte(1) << 8) | byte(2);
    text += kDigits[three >> 18];
    text += kDigits[(three >> 12) & 63];
    text += left > 1 ? kDigits[(three >> 6) & 63] : '=';
    text += left > 2 ? kDigits[three & 63] : '=';
  }
  return text;
}

}  // namespace corticast
