#include "engine/image/decode.h"

#include <cstdio>  // jpeglib.h needs FILE declared before it

#include <jpeglib.h>
#include <png.h>

#include <array>
#include <cstring>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/image/bmp.h"
#include "engine/image/decode_limits.h"
#include "engine/image/jpeg.h"
#include "engine/image/png.h"

#define CORTICAST_TEXT(x) #x
#define CORTICAST_VALUE_TEXT(x) CORTICAST_TEXT(x)

namespace corticast {
namespace {

using namespace std::string_view_literals;

constexpr const char* kSupported = "Convert it to JPEG, PNG or BMP.";

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* name;
};

// Formats that people do hand over, so that the refusal can say what the file is.
constexpr std::array kForeign = {
    Signature{0, "GIF87a"sv, "a GIF"},
    Signature{0, "GIF89a"sv, "a GIF"},
    Signature{0, "II*\0"sv, "a TIFF"},
    Signature{0, "MM\0*"sv, "a TIFF"},
    Signature{8, "WEBP"sv, "a WebP image"},
    Signature{4, "ftyp"sv, "a HEIF, AVIF or video file"},
    Signature{0, "\0\0\0\x0CjP"sv, "a JPEG 2000 image"},
    Signature{0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 image"},
    Signature{0, "\xFF\x0A"sv, "a JPEG XL image"},
    Signature{0, "\x93NUMPY"sv, "a NumPy array"},
    Signature{0, "8BPS"sv, "a Photoshop file"},
    Signature{0, "%PDF"sv, "a PDF"},
    Signature{0, "PK\x03\x04"sv, "a zip archive"},
    Signature{0, "\x89HDF"sv, "an HDF5 file"},
};

bool starts_at(std::string_view file, std::size_t offset, std::string_view bytes) {
  return file.size() >= offset && file.substr(offset).starts_with(bytes);
}

std::string describe(std::string_view file) {
  for (const Signature& known : kForeign) {
    if (starts_at(file, known.offset, known.bytes)) return known.name;
  }
  for (const char c : file.substr(0, 512)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')) {
      return "of a kind that is not known here";
    }
  }
  return "text";
}

// Keeps everything.
class WholeImage : public RowSink {
 public:
  explicit WholeImage(Image& image) : image_(image) {}
  void begin(std::uint32_t width, std::uint32_t height) override {
    stride_ = std::size_t{3} * width;
    image_ = {width, height, std::vector<std::uint8_t>(stride_ * height)};
  }
  std::uint8_t* next_row() override { return image_.rgb.data() + stride_ * rows_++; }
  void finish() override {}

 private:
  Image& image_;
  std::size_t stride_ = 0;
  std::size_t rows_ = 0;
};

void give_rows(const Image& image, RowSink& sink) {
  const std::size_t stride = std::size_t{3} * image.width;
  sink.begin(image.width, image.height);
  for (std::size_t y = 0; y < image.height; ++y) {
    std::memcpy(sink.next_row(), image.rgb.data() + stride * y, stride);
  }
  sink.finish();
}

void dispatch(ByteSpan file, RowSink& sink) {
  const std::string_view text = as_text(file);
  if (starts_at(text, 0, "\xFF\xD8\xFF"sv)) return decode_jpeg(file, sink);
  if (starts_at(text, 0, "\x89PNG\r\n\x1A\n"sv)) return decode_png(file, sink);
  if (starts_at(text, 0, "BM"sv)) return give_rows(decode_bmp(file), sink);
  refuse_image("not a JPEG, PNG or BMP image: the content is " + describe(text), kSupported);
}

}  // namespace

void refuse_image(const std::string& message, const std::string& hint) {
  throw Error(ErrorCode::kImage, message, hint);
}

void check_image_size(std::uint64_t width, std::uint64_t height) {
  if (width == 0 || height == 0) {
    refuse_image("the image has no pixels: " + std::to_string(width) + " x " +
                 std::to_string(height));
  }
  if (width > kMaxSide || height > kMaxSide || width * height > kMaxPixels) {
    refuse_image("the image is " + grouped(width) + " x " + grouped(height) +
                     " pixels; the limit is " + grouped(kMaxSide) + " a side and " +
                     grouped(kMaxPixels) + " in all",
                 "Scale it down first; the network sees 224 x 224 pixels.");
  }
}

void decode_rows(ByteSpan file, RowSink& sink) {
  if (file.empty()) refuse_image("the file is empty");
  if (file.size() > kMaxFileBytes) {
    refuse_image("the file has " + grouped(file.size()) + " bytes; the limit is " +
                 grouped(kMaxFileBytes));
  }
  dispatch(file, sink);
}

Image decode_image(ByteSpan file) {
  Image image;
  WholeImage sink(image);
  decode_rows(file, sink);
  return image;
}

std::string decoder_versions() {
#ifdef LIBJPEG_TURBO_VERSION
  const std::string jpeg = "libjpeg-turbo " CORTICAST_VALUE_TEXT(LIBJPEG_TURBO_VERSION);
#else
  const std::string jpeg = "libjpeg " CORTICAST_VALUE_TEXT(JPEG_LIB_VERSION);
#endif
  return jpeg + ", libpng " + png_get_libpng_ver(nullptr) + ", stb_image";
}

}  // namespace corticast
