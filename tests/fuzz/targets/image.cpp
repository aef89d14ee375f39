// An image file, decoded both ways: row by row into the network's input, as a run does, and whole,
// then resized. Both must refuse it, or make the same bytes.
#include <vector>

#include "engine/image/decode.h"
#include "engine/image/network_input.h"
#include "engine/image/preprocess.h"
#include "tests/fuzz/target.h"

using namespace corticast;

namespace {

constexpr std::size_t kInputBytes = std::size_t{3} * kNetworkSide * kNetworkSide;
constexpr std::uint64_t kMostPixels = 1u << 20;  // of a whole image here; a run allows more

struct TooLarge {};

// Ends a decoding that would only take time: a few bytes can promise 100 million pixels.
class Size : public RowSink {
 public:
  void begin(std::uint32_t width, std::uint32_t height) override {
    large_ = std::uint64_t{width} * height > kMostPixels;
    throw TooLarge();
  }
  std::uint8_t* next_row() override { return nullptr; }
  void finish() override {}
  bool large() const { return large_; }

 private:
  bool large_ = false;
};

bool is_large(ByteSpan file) {
  Size size;
  try {
    fuzz::answers([&] { decode_rows(file, size); });
  } catch (const TooLarge&) {
  }
  return size.large();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan file = fuzz::bytes_of(data, size);
  if (is_large(file)) return 0;
  std::vector<std::uint8_t> strips(kInputBytes);
  const bool rows = fuzz::answers([&] { decode_network_input(file, strips.data()); });
  Image image;
  const bool whole = fuzz::answers([&] { image = decode_image(file); });
  fuzz::demand(rows == whole, "rows and whole image are refused alike");
  if (!whole) return 0;
  fuzz::demand(image.rgb.size() == std::size_t{3} * image.width * image.height,
               "an image has all its pixels");
  std::vector<std::uint8_t> resized(kInputBytes);
  crop_resize(image.rgb.data(), image.width, image.height, resized.data());
  fuzz::demand(strips == resized, "rows and whole image give the same input");
  return 0;
}
