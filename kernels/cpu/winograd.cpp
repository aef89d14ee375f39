#include "kernels/winograd.h"

#include <omp.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "kernels/cpu/winograd_kernels.h"

namespace corticast::kernels::cpu {

// Each defined by one compilation of the winograd_*.cpp that say so.
#define CORTICAST_DECLARE(name)                          \
  namespace name {                                       \
  void winograd_filter(const WinogradFilter& filter);    \
  void winograd_input(const WinogradInput& input);       \
  void winograd_product(const WinogradProduct& product); \
  void winograd_output(const WinogradOutput& output);    \
  }
CORTICAST_DECLARE(isa_portable)
CORTICAST_DECLARE(isa_avx2)
CORTICAST_DECLARE(isa_avx512)
#undef CORTICAST_DECLARE

WinogradKernels winograd_kernels_for(Isa isa) {
#define CORTICAST_TABLE(name) \
  { name::winograd_filter, name::winograd_input, name::winograd_product, name::winograd_output }
  switch (isa) {
    case Isa::kAvx512:
      return CORTICAST_TABLE(isa_avx512);
    case Isa::kAvx2:
      return CORTICAST_TABLE(isa_avx2);
    case Isa::kPortable:
      break;
  }
  return CORTICAST_TABLE(isa_portable);
#undef CORTICAST_TABLE
}

namespace {

constexpr std::size_t kPanel = kWinogradPanel;
// Tiles that a thread takes from input to output at a time. Their transforms (5 MiB at 384
// channels) go through the last-level cache; fewer would stream the filters more often.
constexpr std::size_t kBlockTiles = 48;
// Below as many for each thread, threads share the tiles and divide the output channels.
constexpr std::size_t kFewTiles = 18;

std::size_t size(int value) {
  return static_cast<std::size_t>(value);
}

std::size_t divide_up(std::size_t value, std::size_t by) {
  return (value + by - 1) / by;
}

std::size_t panels_of(const Conv2dShape& shape) {
  return divide_up(size(shape.out_channels), kPanel);
}

}  // namespace

// The tiles of one image and where their transforms lie.
struct WinogradConv2d::Tiles {
  std::size_t outputs;  // a tile's outputs along one side, after halving
  std::size_t rows;     // of outputs, after halving
  std::size_t columns;
  std::size_t across;  // tiles
  std::size_t count;
  std::size_t v_row;  // floats of one tile at one point

  Tiles(const Conv2dShape& shape, bool halve)
      : outputs((kWinogradSide + 1 - size(shape.kernel)) / (halve ? 2 : 1)),
        rows(size(shape.out_height()) / (halve ? 2 : 1)),
        columns(size(shape.out_width()) / (halve ? 2 : 1)),
        across(divide_up(columns, outputs)),
        count(across * divide_up(rows, outputs)),
        v_row(divide_up(size(shape.in_channels), 16) * 16) {}

  // Points are a cache line more than a power of two's multiple apart, or all 64 would compete for
  // the same few places of a cache.
  std::size_t v_stride(std::size_t tiles) const { return tiles * v_row + 16; }
  std::size_t m_stride(std::size_t tiles) const { return tiles * kPanel + 16; }
  std::size_t largest_block() const { return std::min(count, kBlockTiles); }
  std::size_t v_floats() const { return kWinogradPoints * v_stride(largest_block()); }
  std::size_t m_floats() const { return kWinogradPoints * m_stride(largest_block()); }
};

// What one thread does to ranges of tiles.
class WinogradConv2d::Worker {
 public:
  Worker(const WinogradConv2d& convolution, const Tiles& tiles, const float* x, float* y)
      : convolution_(convolution),
        shape_(convolution.shape_),
        kernels_(winograd_kernels_for(convolution.isa_)),
        tiles_(tiles),
        x_(x),
        y_(y) {}

  // Input transform of tile `tile` to place `place` of v.
  void load(std::size_t tile, float* v, std::size_t v_stride, std::size_t place) const {
    const auto step = static_cast<std::ptrdiff_t>(kWinogradSide + 1 - size(shape_.kernel));
    const auto down = static_cast<std::ptrdiff_t>(tile / tiles_.across);
    const auto along = static_cast<std::ptrdiff_t>(tile % tiles_.across);
    kernels_.input({x_, shape_.height, shape_.width, size(shape_.in_channels),
                    down * step - shape_.padding, along * step - shape_.padding,
                    v + place * tiles_.v_row, v_stride});
  }
  // Products and output transform of tiles first .. first + count - 1, whose transforms lie from v
  // on, for one panel of output channels.
  void compute(std::size_t first, std::size_t count, const float* v, std::size_t v_stride,
               std::size_t panel, float* m) const {
    const std::size_t m_stride = tiles_.m_stride(count);
    const std::size_t channels = size(shape_.in_channels);
    const std::size_t out_channels = size(shape_.out_channels);
    const std::size_t used = std::min(kPanel, out_channels - panel * kPanel);
    kernels_.product({v, v_stride, tiles_.v_row, count, channels, used,
                      convolution_.filters_.data() + panel * kWinogradPoints * channels * kPanel, m,
                      m_stride});
    for (std::size_t t = 0; t < count; ++t) {
      const std::size_t row = (first + t) / tiles_.across * tiles_.outputs;
      const std::size_t column = (first + t) % tiles_.across * tiles_.outputs;
      kernels_.output({m + t * kPanel, m_stride, convolution_.bias_.data() + panel * kPanel,
                       size(shape_.kernel), convolution_.halve_,
                       std::min(tiles_.outputs, tiles_.rows - row),
                       std::min(tiles_.outputs, tiles_.columns - column), used,
                       y_ + (row * tiles_.columns + column) * out_channels + panel * kPanel,
                       tiles_.columns * out_channels, out_channels});
    }
  }

 private:
  const WinogradConv2d& convolution_;
  const Conv2dShape& shape_;
  WinogradKernels kernels_;
  const Tiles& tiles_;
  const float* x_;
  float* y_;
};

bool WinogradConv2d::supports(const Conv2dShape& shape) {
  return (shape.kernel == 3 || shape.kernel == 5) && shape.in_channels > 0 &&
         shape.out_channels > 0 && shape.padding >= 0 && shape.out_height() > 0 &&
         shape.out_width() > 0;
}

WinogradConv2d::WinogradConv2d(const Conv2dShape& shape, bool halve, const float* weight,
                               const float* bias, Isa isa)
    : shape_(shape), halve_(halve), isa_(isa), panels_(panels_of(shape)) {
  if (!supports(shape)) {
    throw std::invalid_argument("kernel of " + std::to_string(shape.kernel) + " on " +
                                std::to_string(shape.height) + "x" + std::to_string(shape.width) +
                                " pixels, expected 3 or 5 and at least one output");
  }
  const WinogradKernels kernels = winograd_kernels_for(isa);
  const std::size_t channels = size(shape.in_channels);
  const std::size_t taps = size(shape.kernel) * size(shape.kernel);
  const std::size_t floats = kWinogradPoints * channels * kPanel;
  filters_ = Buffer(panels_ * floats);
  bias_ = Buffer(panels_ * kPanel);
  std::fill_n(bias_.data(), bias_.size(), 0.0f);
  std::copy_n(bias, size(shape.out_channels), bias_.data());
#pragma omp parallel for schedule(dynamic)
  for (std::size_t p = 0; p < panels_; ++p) {
    kernels.filter({weight + p * kPanel * channels * taps,
                    std::min(kPanel, size(shape.out_channels) - p * kPanel), channels,
                    size(shape.kernel), filters_.data() + p * floats});
  }
}

std::size_t WinogradConv2d::packed_bytes(const Conv2dShape& shape, Isa /*isa*/) {
  const std::size_t columns = panels_of(shape) * kPanel;
  return columns * (kWinogradPoints * size(shape.in_channels) + 1) * sizeof(float);
}

std::size_t WinogradConv2d::scratch_bytes(const Conv2dShape& shape, Isa /*isa*/, unsigned threads) {
  const Tiles tiles(shape, false);
  return threads * (tiles.v_floats() + tiles.m_floats()) * sizeof(float);
}

void WinogradConv2d::run(const float* x, float* y, float* scratch) const {
  const Tiles tiles(shape_, halve_);
  if (tiles.count == 0) return;
#pragma omp parallel
  {
    const Worker worker(*this, tiles, x, y);
    const std::size_t threads = size(omp_get_num_threads());
    const std::size_t thread = size(omp_get_thread_num());
    float* const m = scratch + threads * tiles.v_floats() + thread * tiles.m_floats();
    if (tiles.count < threads * kFewTiles) {
      const std::size_t v_stride = tiles.v_stride(tiles.count);
#pragma omp for schedule(dynamic)
      for (std::size_t t = 0; t < tiles.count; ++t) worker.load(t, scratch, v_stride, t);
      // Enough parts to go round where there are more threads than panels.
      const std::size_t parts = std::min(divide_up(2 * threads, panels_), tiles.count);
      const std::size_t largest = divide_up(tiles.count, parts);
#pragma omp for schedule(dynamic)
      for (std::size_t k = 0; k < panels_ * parts; ++k) {
        const std::size_t first = std::min(k % parts * largest, tiles.count);
        const std::size_t count = std::min(largest, tiles.count - first);
        if (count == 0) continue;
        worker.compute(first, count, scratch + first * tiles.v_row, v_stride, k / parts, m);
      }
    } else {
      float* const v = scratch + thread * tiles.v_floats();
      const std::size_t blocks = divide_up(divide_up(tiles.count, kBlockTiles), threads) * threads;
#pragma omp for schedule(dynamic)
      for (std::size_t b = 0; b < blocks; ++b) {
        const std::size_t first = tiles.count * b / blocks;
        const std::size_t count = tiles.count * (b + 1) / blocks - first;
        const std::size_t v_stride = tiles.v_stride(count);
        for (std::size_t t = 0; t < count; ++t) worker.load(first + t, v, v_stride, t);
        for (std::size_t p = 0; p < panels_; ++p) worker.compute(first, count, v, v_stride, p, m);
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
