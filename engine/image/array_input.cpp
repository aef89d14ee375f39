#include "engine/image/array_input.h"

#include <vector>

#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/text.h"
#include "engine/image/decode.h"
#include "engine/image/preprocess.h"

namespace corticast {
namespace {

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t dim : shape) text += (text.empty() ? "" : ", ") + std::to_string(dim);
  return '[' + text + ']';
}

[[noreturn]] void refuse(const std::string& path, const std::string& what,
                         const std::string& hint) {
  throw Error(ErrorCode::kUsage, path + ": " + what, hint);
}

void check_shape(const std::string& path, const std::vector<std::uint64_t>& shape) {
  const std::string found =
      "the array is " + shape_text(shape) + ", expected [images, 3, height, width]";
  if (shape.size() == 3) refuse(path, found, "For one image save array[None].");
  if (shape.size() == 4 && shape[1] != 3 && shape[3] == 3) {
    refuse(path, found, "Save array.transpose(0, 3, 1, 2).copy().");
  }
  if (shape.size() != 4 || shape[1] != 3) {
    refuse(path, found, "Save RGB planes with the colour on the second axis.");
  }
  const std::uint64_t height = shape[2];
  const std::uint64_t width = shape[3];
  if (height == 0 || width == 0 || height > kMaxSide || width > kMaxSide ||
      height * width > kMaxPixels) {
    refuse(path,
           found + " of 1 to " + grouped(kMaxSide) + " pixels a side and at most " +
               grouped(kMaxPixels) + " in all",
           "");
  }
}

ArrayInput describe(ByteSpan file, const std::string& path) {
  const NpyHeader header = parse_npy(file, path, ErrorCode::kUsage);
  if (header.dtype[1] == 'f') {
    refuse(path, "the array holds floating point (" + header.dtype + "), expected integers 0..255",
           "Scale it to 0..255 and save bytes, e.g. numpy.save('bytes.npy', (array * 255)"
           ".round().clip(0, 255).astype('uint8')) for values of 0..1.");
  }
  if (header.dtype[1] == 'b') {
    refuse(path, "the array holds booleans (" + header.dtype + "), expected integers 0..255",
           "Save bytes, e.g. numpy.save('bytes.npy', array.astype('uint8') * 255).");
  }
  check_shape(path, header.shape);
  return {path,
          header.dtype,
          header.shape[0],
          static_cast<std::uint32_t>(header.shape[2]),
          static_cast<std::uint32_t>(header.shape[3]),
          header.item_bytes,
          header.data_offset};
}

// The low byte of a little-endian integer is its value modulo 256, signed or not.
void planes_to_rgb(const std::byte* planes, std::size_t pixels, std::size_t item_bytes,
                   std::uint8_t* rgb) {
  for (std::size_t c = 0; c < 3; ++c) {
    const std::byte* plane = planes + c * pixels * item_bytes;
    for (std::size_t p = 0; p < pixels; ++p) {
      rgb[3 * p + c] = std::to_integer<std::uint8_t>(plane[p * item_bytes]);
    }
  }
}

}  // namespace

bool is_array_name(const std::string& path) {
  return path.ends_with(".npy") || path.ends_with(".NPY");
}

ArrayInput open_array(const std::string& path) {
  const MappedFile file(path, ErrorCode::kUsage);
  return describe(file.bytes(), path);
}

void load_array_row(const ArrayInput& array, std::uint64_t k, std::uint8_t* out) {
  const MappedFile file(array.path, ErrorCode::kImage);
  bool same = false;
  try {
    same = describe(file.bytes(), array.path) == array;
  } catch (const Error&) {
    same = false;
  }
  if (!same || k >= array.rows) {
    throw Error(ErrorCode::kImage, array.path + ": the array has changed since the run began");
  }
  const std::size_t pixels = std::size_t{array.height} * array.width;
  const std::size_t row_bytes = 3 * pixels * array.item_bytes;
  std::vector<std::uint8_t> rgb(3 * pixels);
  planes_to_rgb(file.bytes().data() + array.data_offset + k * row_bytes, pixels, array.item_bytes,
                rgb.data());
  crop_resize(rgb.data(), array.width, array.height, out);
}

}  // namespace corticast
