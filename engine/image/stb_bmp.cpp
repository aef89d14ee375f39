#include "engine/image/stb_bmp.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "engine/image/decode_limits.h"

namespace {

// Nothing in a file may make stb_image ask for more than the largest image needs.
constexpr std::size_t kMaxAllocation = 3 * corticast::kMaxPixels + (1u << 20);

void* capped_malloc(std::size_t bytes) {
  return bytes <= kMaxAllocation ? std::malloc(bytes) : nullptr;
}

}  // namespace

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wcast-qual"
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS 32768
#define STBI_MALLOC(bytes) capped_malloc(bytes)
#define STBI_REALLOC(old, bytes) nullptr  // never called for BMP; would read as out of memory
#define STBI_FREE(memory) std::free(memory)
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace corticast {

static_assert(STBI_MAX_DIMENSIONS == kMaxSide);
static_assert(kMaxFileBytes + 2048 < 0x7FFFFFFF, "stb_image counts bytes in an int");

Image read_bmp_with_stb(ByteSpan bmp, std::uint32_t width, std::uint32_t height) {
  int x = 0;
  int y = 0;
  int channels = 0;
  const auto* bytes = static_cast<const stbi_uc*>(static_cast<const void*>(bmp.data()));
  const std::unique_ptr<stbi_uc, decltype(&std::free)> pixels(
      stbi_load_from_memory(bytes, static_cast<int>(bmp.size()), &x, &y, &channels, 3), &std::free);
  if (!pixels) refuse_image(std::string("BMP: ") + stbi_failure_reason());
  if (x != static_cast<int>(width) || y != static_cast<int>(height)) {
    refuse_image("BMP: the decoder reads " + std::to_string(x) + " x " + std::to_string(y));
  }
  Image image{width, height, {}};
  image.rgb.assign(pixels.get(), pixels.get() + std::size_t{3} * width * height);
  return image;
}

}  // namespace corticast
