// Mutates a PNG chunk by chunk and makes its checksums right again, so that changes reach what lies
// behind them; pixel data are changed where they are not compressed. Linked to the fuzzer only.
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";
constexpr std::size_t kMostPixelBytes = 1u << 16;

struct Chunk {
  std::string type;
  std::string data;
};

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

// Everything up to the first chunk that is cut short.
std::vector<Chunk> chunks_of(std::string_view file) {
  std::vector<Chunk> chunks;
  for (std::size_t at = kSignature.size(); at + 12 <= file.size();) {
    const std::uint32_t length = big_endian(file.data() + at);
    if (length > file.size() - at - 12) break;
    chunks.push_back(
        {std::string(file.substr(at + 4, 4)), std::string(file.substr(at + 8, length))});
    at += 12 + length;
  }
  return chunks;
}

std::string file_of(const std::vector<Chunk>& chunks) {
  std::string file(kSignature);
  for (const Chunk& chunk : chunks) {
    const std::string summed = chunk.type + chunk.data;
    const auto* bytes = static_cast<const Bytef*>(static_cast<const void*>(summed.data()));
    const auto sum = static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(summed.size())));
    file += big_endian(static_cast<std::uint32_t>(chunk.data.size())) + summed + big_endian(sum);
  }
  return file;
}

Bytef* zlib_bytes(std::string& text) {
  return static_cast<Bytef*>(static_cast<void*>(text.data()));
}

std::string mutated(std::string text, std::size_t room) {
  const std::size_t size = text.size();
  text.resize(size + room);
  text.resize(LLVMFuzzerMutate(zlib_bytes(text), size, text.size()));
  return text;
}

// Pixels are one stream over all IDAT chunks; they become one chunk.
void mutate_pixels(std::vector<Chunk>& chunks) {
  std::string packed;
  for (const Chunk& chunk : chunks) packed += chunk.type == "IDAT" ? chunk.data : "";
  std::string pixels(kMostPixelBytes, '\0');
  auto size = static_cast<uLongf>(pixels.size());
  if (uncompress(zlib_bytes(pixels), &size, zlib_bytes(packed), packed.size()) != Z_OK) return;
  pixels.resize(size);
  pixels = mutated(pixels, 64);
  size = compressBound(pixels.size());
  packed.resize(size);
  compress2(zlib_bytes(packed), &size, zlib_bytes(pixels), pixels.size(), 1);
  packed.resize(size);
  const auto is_pixels = [](const Chunk& chunk) { return chunk.type == "IDAT"; };
  const auto first = std::ranges::find_if(chunks, is_pixels);
  first->data = packed;
  chunks.erase(std::remove_if(first + 1, chunks.end(), is_pixels), chunks.end());
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  const std::string file = corticast::fuzz::text_of(data, size);
  std::vector<Chunk> chunks = chunks_of(file);
  if (!file.starts_with(kSignature) || chunks.empty() || seed % 16 == 0) {
    return LLVMFuzzerMutate(data, size, most);
  }
  Chunk& chosen = chunks[seed / 16 % chunks.size()];
  if (seed % 16 == 1) {
    chunks.push_back(chosen);
    std::swap(chunks.back(), chunks[seed / 512 % chunks.size()]);
  } else if (seed % 16 == 2) {
    chosen.type = mutated(chosen.type, 0);
    chosen.type.resize(4, 'x');
  } else if (chosen.type == "IDAT" && seed % 16 < 12) {
    mutate_pixels(chunks);
  } else {
    chosen.data = mutated(chosen.data, 32);
  }
  const std::string made = file_of(chunks);
  if (made.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, made.data(), made.size());
  return made.size();
}
