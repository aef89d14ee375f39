#include "engine/api/caller_image.h"

#include <algorithm>
#include <memory>

#include "engine/base/error.h"
#include "engine/base/instruction_set.h"
#include "engine/image/decode_limits.h"
#include "engine/image/preprocess.h"
#include "kernels/resize.h"

namespace corticast::api {
namespace {

constexpr std::size_t kRow = std::size_t{3} * kNetworkSide;

// The central square of a caller's image.
class Square {
 public:
  Square(const corticast_image& image, const Crop& crop)
      : image_(image),
        side_(crop.side),
        corner_(image.data + image.row_stride * static_cast<std::ptrdiff_t>(crop.top) +
                image.pixel_stride * static_cast<std::ptrdiff_t>(crop.left)) {}

  // Row y, packed: [side, 3].
  void pack(std::size_t y, std::uint8_t* out) const {
    const std::uint8_t* const row = corner_ + image_.row_stride * static_cast<std::ptrdiff_t>(y);
    for (std::ptrdiff_t c = 0; c < 3; ++c) {
      const std::uint8_t* sample = row + c * image_.channel_stride;
      for (std::size_t x = 0; x < side_; ++x) {
        out[3 * x + static_cast<std::size_t>(c)] =
            sample[static_cast<std::ptrdiff_t>(x) * image_.pixel_stride];
      }
    }
  }

 private:
  const corticast_image& image_;
  std::size_t side_;
  const std::uint8_t* corner_;
};

}  // namespace

void check_image(const corticast_image& image, const std::string& name) {
  try {
    if (image.data == nullptr) refuse_image("its data is NULL");
    check_image_size(image.width, image.height);
  } catch (const Error& error) {
    throw Error(error.code(), name + ": " + error.what(), error.hint());
  }
}

void load_image(const corticast_image& image, std::uint8_t* out) {
  const Crop crop = centre_crop(image.width, image.height);
  const Square square(image, crop);
  if (crop.side == kNetworkSide) {
    for (std::size_t y = 0; y < kNetworkSide; ++y) square.pack(y, out + kRow * y);
    return;
  }
  kernels::cpu::Resize resize(crop.side, kNetworkSide, chosen_isa(), out);
  const std::size_t stride = std::size_t{3} * crop.side;
  const auto strip = std::make_unique_for_overwrite<std::uint8_t[]>(resize.strip_rows() * stride);
  for (std::size_t y = 0; y < crop.side; y += resize.strip_rows()) {
    const std::size_t rows = std::min<std::size_t>(resize.strip_rows(), crop.side - y);
    for (std::size_t r = 0; r < rows; ++r) square.pack(y + r, strip.get() + r * stride);
    resize.add(strip.get(), stride, rows);
  }
}

}  // namespace corticast::api
