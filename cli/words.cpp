#include "cli/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "engine/base/text.h"

namespace corticast::cli {
namespace {

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

std::string quoted_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string printable(const std::string& name) {
  const bool utf8 = is_utf8(name);
  std::string text;
  unsigned char before = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    // Terminals also obey the controls U+0080 to U+009F, which UTF-8 writes as C2 80 to C2 9F.
    constexpr unsigned char kLead = 0xC2;
    const bool high_control =
        (byte == kLead && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xA0) ||
        (before == kLead && byte < 0xA0);
    const bool plain = byte >= 0x20 && byte != 0x7F && (byte < 0x80 || (utf8 && !high_control));
    text += plain ? std::string(1, name[i]) : format("\\x%02X", static_cast<unsigned>(byte));
    before = byte;
  }
  return text;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return std::to_string(bytes) + " bytes";
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return format("%.1f %s", value, kUnits[unit]);
}

std::string human_time(double seconds) {
  if (seconds < 59.95) return format("%.1f s", seconds);
  const auto whole = static_cast<unsigned long long>(std::min(std::round(seconds), 1e15));
  if (whole < 3600) return format("%llu min %02llu s", whole / 60, whole % 60);
  return format("%llu h %02llu min", whole / 3600, whole % 3600 / 60);
}

std::string quoted_command(int argc, const char* const* argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) line += (i == 0 ? "" : " ") + quoted_word(argv[i]);
  return line;
}

}  // namespace corticast::cli
