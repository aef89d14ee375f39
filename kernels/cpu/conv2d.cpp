#include "kernels/conv2d.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "kernels/cpu/isa_kernels.h"

namespace corticast::kernels::cpu {
namespace {

constexpr std::size_t kTileRows = 6;
constexpr int kMaxKernel = 16;

std::size_t size(int value) {
  return static_cast<std::size_t>(value);
}

std::size_t tiled_pixels(const Conv2dShape& shape) {
  return (size(shape.out_width()) + kTileRows - 1) / kTileRows * kTileRows;
}

// Floats of one zero-padded input row, long enough for the last, partly unused tile; a multiple of
// 16 keeps rows on cache lines.
std::size_t padded_row_floats(const Conv2dShape& shape) {
  const std::size_t pixels = tiled_pixels(shape) + size(shape.kernel) - 1;
  return (pixels * size(shape.in_channels) + 15) / 16 * 16;
}

}  // namespace

// One thread's working memory: the last `kernel` input rows, padded.
struct Conv2d::Worker {
  const Conv2dShape& shape;
  float* ring;  // [kernel][padded row]

  static std::size_t floats(const Conv2dShape& shape) {
    return size(shape.kernel) * padded_row_floats(shape);
  }
  Worker(const Conv2dShape& s, float* scratch) : shape(s), ring(scratch) {
    std::fill_n(ring, floats(s), 0.0f);
  }
  float* row(int input_row) const {
    const int slot = (input_row + shape.kernel) % shape.kernel;  // input_row >= -padding
    return ring + size(slot) * padded_row_floats(shape);
  }
  // Brings input row `input_row`, which may lie outside the image, into the ring.
  void load(const float* x, int input_row) const {
    float* interior = row(input_row) + size(shape.padding) * size(shape.in_channels);
    const std::size_t floats = size(shape.width) * size(shape.in_channels);
    if (input_row < 0 || input_row >= shape.height) {
      std::fill_n(interior, floats, 0.0f);
    } else {
      std::copy_n(x + size(input_row) * floats, floats, interior);
    }
  }
};

Conv2d::Conv2d(const Conv2dShape& shape, const float* weight, const float* bias, Isa isa)
    : shape_(shape),
      isa_(isa),
      panel_(kernels_for(isa).panel),
      panels_((size(shape.out_channels) + panel_ - 1) / panel_) {
  if (shape.kernel > kMaxKernel) {
    throw std::invalid_argument("kernel of " + std::to_string(shape.kernel) + ", at most " +
                                std::to_string(kMaxKernel));
  }
  const std::size_t kernel = size(shape.kernel);
  const std::size_t channels = size(shape.in_channels);
  weight_.assign(panels_ * kernel * kernel * channels * panel_, 0.0f);
  bias_.assign(panels_ * panel_, 0.0f);
  std::copy_n(bias, size(shape.out_channels), bias_.begin());
  for (std::size_t o = 0; o < size(shape.out_channels); ++o) {
    float* packed = weight_.data() + o / panel_ * kernel * kernel * channels * panel_ + o % panel_;
    const float* filter = weight + o * channels * kernel * kernel;
    for (std::size_t tap = 0; tap < kernel * kernel; ++tap) {
      for (std::size_t c = 0; c < channels; ++c) {
        packed[(tap * channels + c) * panel_] = filter[c * kernel * kernel + tap];
      }
    }
  }
}

std::size_t Conv2d::packed_bytes(const Conv2dShape& shape, Isa isa) {
  const std::size_t panel = kernels_for(isa).panel;
  const std::size_t columns = (size(shape.out_channels) + panel - 1) / panel * panel;
  const std::size_t filter = size(shape.kernel) * size(shape.kernel) * size(shape.in_channels);
  return columns * (filter + 1) * sizeof(float);
}

std::size_t Conv2d::scratch_bytes(const Conv2dShape& shape, Isa /*isa*/, unsigned threads) {
  return threads * Worker::floats(shape) * sizeof(float);
}

void Conv2d::run(const float* x, float* y, float* scratch) const {
  const auto conv_row = kernels_for(isa_).conv_row;
  const std::size_t out_channels = size(shape_.out_channels);
  const std::size_t out_width = size(shape_.out_width());
  const std::size_t filter = weight_.size() / panels_;
#pragma omp parallel
  {
    const int threads = omp_get_num_threads();
    const int thread = omp_get_thread_num();
    const Worker worker(shape_, scratch + size(thread) * Worker::floats(shape_));
    // A contiguous share of the rows, so that the ring is loaded once per input row.
    const int first = shape_.out_height() * thread / threads;
    const int last = shape_.out_height() * (thread + 1) / threads;
    std::array<const float*, kMaxKernel> rows;
    for (int h = first; h < last; ++h) {
      const int top = h - shape_.padding;
      const int fresh = h == first ? 0 : shape_.kernel - 1;
      for (int i = fresh; i < shape_.kernel; ++i) worker.load(x, top + i);
      for (int i = 0; i < shape_.kernel; ++i) rows[size(i)] = worker.row(top + i);
      for (std::size_t p = 0; p < panels_; ++p) {
        conv_row({rows.data(), size(shape_.kernel), size(shape_.in_channels), out_width,
                  std::min(panel_, out_channels - p * panel_), weight_.data() + p * filter,
                  bias_.data() + p * panel_, y + size(h) * out_width * out_channels + p * panel_,
                  out_channels});
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
