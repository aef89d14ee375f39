#include "engine/image/png_chunks.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>

#include "engine/base/checked_math.h"
#include "engine/image/png.h"

namespace corticast {
namespace {

// A chunk is its length, its type, that many bytes and a checksum of type and bytes.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kTypeBytes = 4;
constexpr std::size_t kFrameBytes = 12;

std::uint32_t big_endian(ByteSpan file, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
  }
  return value;
}

struct Chunk {
  std::string_view type;
  ByteSpan data;
};

// None where the file ends before the chunk does, and for a wrong checksum.
std::optional<Chunk> chunk_at(ByteSpan file, std::size_t at) {
  if (!fits(at, kFrameBytes, file.size())) return std::nullopt;
  const std::size_t length = big_endian(file, at);
  if (!fits(at + kFrameBytes, length, file.size())) return std::nullopt;
  const ByteSpan checked = file.subspan(at + kLengthBytes, kTypeBytes + length);
  const auto* bytes = static_cast<const Bytef*>(static_cast<const void*>(checked.data()));
  const auto checksum =
      static_cast<std::uint32_t>(::crc32(0, bytes, static_cast<uInt>(checked.size())));
  if (checksum != big_endian(file, at + kLengthBytes + checked.size())) return std::nullopt;
  return Chunk{as_text(checked.first(kTypeBytes)), checked.subspan(kTypeBytes)};
}

// Four letters, the first of them small. Larger ones than libpng takes are its to refuse.
bool is_harmless(const Chunk& chunk) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::ranges::all_of(chunk.type, is_letter) && chunk.type[0] >= 'a' &&
         chunk.data.size() <= kMaxPngChunkBytes;
}

}  // namespace

std::optional<std::vector<ByteSpan>> usual_pixel_data(ByteSpan file, std::size_t first) {
  std::vector<ByteSpan> pieces;
  bool more_pixels = true;
  for (std::size_t at = first;;) {
    const std::optional<Chunk> chunk = chunk_at(file, at);
    if (!chunk) return std::nullopt;
    at += kFrameBytes + chunk->data.size();
    if (chunk->type == "IDAT" && more_pixels) {
      pieces.push_back(chunk->data);
      continue;
    }
    more_pixels = false;
    if (chunk->type == "IEND" && chunk->data.empty()) break;
    if (!is_harmless(*chunk)) return std::nullopt;
  }
  if (pieces.empty()) return std::nullopt;
  return pieces;
}

}  // namespace corticast
