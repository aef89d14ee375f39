#include "weights_tool/checkpoint/in_quotes.h"

namespace corticast::weights {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 120;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string safe = "'";
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      safe += c;
    } else {
      safe += "\\x";
      safe += kDigits[byte >> 4];
      safe += kDigits[byte & 15];
    }
  }
  return safe + (text.size() > kLongest ? "...'" : "'");
}

}  // namespace corticast::weights
