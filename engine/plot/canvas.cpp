#include "engine/plot/canvas.h"

#include <png.h>

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace corticast {

void Canvas::blend(int x, int y, Colour colour, float cover) {
  if (x < 0 || y < 0 || x >= width || y >= height || !(cover > 0)) return;
  Colour& pixel = pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                         static_cast<std::size_t>(x)];
  const float part = std::min(cover, 1.0F);
  for (std::size_t c = 0; c < 3; ++c) {
    const float mixed =
        static_cast<float>(pixel[c]) * (1 - part) + static_cast<float>(colour[c]) * part;
    pixel[c] = static_cast<std::uint8_t>(std::lround(mixed));
  }
}

void write_png(const Canvas& canvas, const std::filesystem::path& destination, bool replace) {
  if (!replace && is_taken(destination)) {
    throw Error(ErrorCode::kOutput, destination.string() + ": exists already",
                "--force replaces it.");
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(canvas.width);
  image.height = static_cast<png_uint_32>(canvas.height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t bytes = 0;
  std::vector<std::byte> encoded(PNG_IMAGE_PNG_SIZE_MAX(image));
  bytes = encoded.size();
  if (png_image_write_to_memory(&image, encoded.data(), &bytes, 0, canvas.pixels.data(), 0,
                                nullptr) == 0) {
    throw Error(ErrorCode::kOutput, destination.string() + ": " + image.message);
  }
  PendingFile file(destination);
  file.write(encoded.data(), bytes);
  file.commit();
}

}  // namespace corticast
