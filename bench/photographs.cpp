#include "bench/photographs.h"

#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>  // jpeglib.h needs FILE declared before it
#include <cstdlib>
#include <fstream>
#include <random>

#include <jpeglib.h>

#include "engine/base/error.h"

namespace corticast::bench {
namespace {

constexpr int kQuality = 90;

// [height, width, 3]: value noise of cells of 128, 64 ... 2 pixels, each octave as strong as its
// cells are wide, bilinearly interpolated; one cloud of light for all channels and one of colour
// for each.
class Clouds {
 public:
  explicit Clouds(unsigned seed) : random_(seed) {}

  std::vector<std::uint8_t> paint() {
    const std::vector<float> light = cloud(2);
    std::vector<std::uint8_t> rgb(light.size() * 3);
    for (std::size_t c = 0; c < 3; ++c) {
      const std::vector<float> colour = cloud(16);
      for (std::size_t i = 0; i < light.size(); ++i) {
        const float value = 128.0f + 90.0f * light[i] + 30.0f * colour[i];
        rgb[i * 3 + c] = static_cast<std::uint8_t>(std::min(255.0f, std::max(0.0f, value)));
      }
    }
    return rgb;
  }

 private:
  static constexpr std::size_t kCoarsest = 128;

  std::vector<float> cloud(std::size_t finest) {
    std::vector<float> sum(std::size_t{kPhotographWidth} * kPhotographHeight);
    for (std::size_t cell = kCoarsest; cell >= finest; cell /= 2) add_octave(cell, sum);
    return sum;
  }

  void add_octave(std::size_t cell, std::vector<float>& sum) {
    const std::size_t columns = kPhotographWidth / cell + 2;
    const std::size_t rows = kPhotographHeight / cell + 2;
    std::vector<float> knots(columns * rows);
    for (float& knot : knots) {
      // Drawn from the generator's integers: distributions differ between libraries.
      knot = static_cast<float>(random_() >> 8) * 0x1p-23f - 1.0f;
    }
    const float strength = std::sqrt(static_cast<float>(cell) / kCoarsest);
    const float step = 1.0f / static_cast<float>(cell);
    for (std::size_t y = 0; y < kPhotographHeight; ++y) {
      const float v = static_cast<float>(y % cell) * step;
      const float* row = knots.data() + y / cell * columns;
      for (std::size_t x = 0; x < kPhotographWidth; ++x) {
        const float u = static_cast<float>(x % cell) * step;
        const float* knot = row + x / cell;
        const float above = knot[0] + u * (knot[1] - knot[0]);
        const float below = knot[columns] + u * (knot[columns + 1] - knot[columns]);
        sum[y * kPhotographWidth + x] += strength * (above + v * (below - above));
      }
    }
  }

  std::mt19937 random_;
};

// libjpeg's way out of an error is a function that does not return.
struct JumpingErrors {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
};

struct JpegBytes {
  unsigned char* data = nullptr;
  unsigned long size = 0;
  JpegBytes() = default;
  ~JpegBytes() { std::free(data); }
  JpegBytes(const JpegBytes&) = delete;
  JpegBytes& operator=(const JpegBytes&) = delete;
};

// False if libjpeg failed. No object with a destructor lives across the jump.
bool compress(std::uint8_t* rgb, JpegBytes& jpeg) {
  jpeg_compress_struct info{};
  JumpingErrors errors;
  info.err = jpeg_std_error(&errors.manager);
  info.client_data = &errors;
  errors.manager.error_exit = [](j_common_ptr common) {
    std::longjmp(static_cast<JumpingErrors*>(common->client_data)->jump, 1);
  };
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &jpeg.data, &jpeg.size);
  info.image_width = kPhotographWidth;
  info.image_height = kPhotographHeight;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);  // 4:2:0
  jpeg_set_quality(&info, kQuality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = rgb + std::size_t{info.next_scanline} * kPhotographWidth * 3;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

std::vector<std::string> write_photographs(const std::filesystem::path& folder, std::size_t count) {
  std::vector<std::string> paths;
  for (std::size_t k = 0; k < count; ++k) {
    std::vector<std::uint8_t> rgb = Clouds(static_cast<unsigned>(k)).paint();
    JpegBytes jpeg;
    if (!compress(rgb.data(), jpeg)) {
      throw Error(ErrorCode::kInternal, "libjpeg cannot compress a photograph");
    }
    const std::string path = (folder / ("photograph" + std::to_string(k) + ".jpg")).string();
    std::ofstream file(path, std::ios::binary);
    file.write(static_cast<const char*>(static_cast<const void*>(jpeg.data)),
               static_cast<std::streamsize>(jpeg.size));
    if (!file.flush()) {
      throw Error(ErrorCode::kOutput, "cannot write " + path, "Set TMPDIR to a folder with space.");
    }
    paths.push_back(path);
  }
  return paths;
}

}  // namespace corticast::bench
