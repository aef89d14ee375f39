#include "engine/maps/binary_text.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <new>

#include "engine/base/error.h"

namespace corticast {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 255;

constexpr std::array<std::uint8_t, 256> digit_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Deflate makes no more than 1,032 bytes of one.
constexpr std::size_t kMostGrowth = 1032;
constexpr std::size_t kMostPiece = std::numeric_limits<uInt>::max();

}  // namespace

std::string base64(ByteSpan bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? std::to_integer<std::uint32_t>(bytes[at + k]) : 0);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

bool decode_base64(std::string_view text, std::vector<std::byte>& bytes) {
  static constexpr std::array<std::uint8_t, 256> kValues = digit_values();
  bytes.clear();
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  unsigned digits = 0;
  unsigned padding = 0;
  for (const char c : text) {
    if (is_blank(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNoDigit || padding > 0) return false;
    group = group << 6 | value;
    if (++digits % 4 != 0) continue;
    for (const unsigned shift : {16u, 8u, 0u}) {
      bytes.push_back(static_cast<std::byte>(group >> shift & 255));
    }
    group = 0;
  }
  const unsigned rest = digits % 4;
  if (rest == 1 || padding > 2 || (padding > 0 && rest + padding != 4)) return false;
  if (rest >= 2) bytes.push_back(static_cast<std::byte>(group >> (6 * rest - 8) & 255));
  if (rest == 3) bytes.push_back(static_cast<std::byte>(group >> 2 & 255));
  return true;
}

std::vector<std::byte> deflated(ByteSpan bytes) {
  uLongf size = compressBound(bytes.size());
  std::vector<std::byte> packed(size);
  const int status =
      compress2(static_cast<Bytef*>(static_cast<void*>(packed.data())), &size,
                static_cast<const Bytef*>(static_cast<const void*>(bytes.data())), bytes.size(), 4);
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  if (status != Z_OK) throw Error(ErrorCode::kInternal, "zlib refuses to compress");
  packed.resize(size);
  return packed;
}

bool inflate_to(ByteSpan packed, std::size_t size, std::vector<std::byte>& bytes) {
  if (size / kMostGrowth > packed.size() || packed.size() > kMostPiece || size > kMostPiece) {
    return false;
  }
  bytes.resize(size);
  z_stream stream{};
  constexpr int kEitherHeader = 32;
  if (inflateInit2(&stream, MAX_WBITS + kEitherHeader) != Z_OK) throw std::bad_alloc();
  std::byte nothing{};  // zlib wants an address even where it may write nothing
  stream.next_in = static_cast<Bytef*>(const_cast<void*>(static_cast<const void*>(packed.data())));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(size == 0 ? &nothing : bytes.data()));
  stream.avail_out = static_cast<uInt>(size);
  const int status = inflate(&stream, Z_FINISH);
  const bool whole = status == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  return whole;
}

}  // namespace corticast
