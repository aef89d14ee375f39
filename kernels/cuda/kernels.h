// The CUDA kernels' launchers. All pointers are device memory of the current device, at least
// 16-byte aligned at their start; all dims are counted in elements; nothing overlaps. Every
// launcher puts its work into the stream, returns at once and gives the launch's error. Results of
// an image depend on that image and the weights only, to the bit. Indices are 64-bit; the number of
// images is at most 65,535.
#pragma once

#include <driver_types.h>

#include <cstddef>
#include <cstdint>

namespace corticast::kernels::cuda {

// 8-bit pixels to normalised floats, and to planes: y[n, c, p] = table[c][x[n, p, c]].
// x: [images, pixels, 3] uint8; table: [3][256]; y: [images, 3, pixels].
cudaError_t normalize_pixels(const std::uint8_t* x, std::size_t images, std::size_t pixels,
                             const float* table, float* y, cudaStream_t stream);

// 2x2 average pooling of planes, rounded like kernels/pool2d.h on the CPU.
struct PoolShape {
  std::size_t images;
  int channels;
  int height;  // of the input, >= 2
  int width;
  int stride;  // 1 or 2

  int out_height() const { return (height - 2) / stride + 1; }
  int out_width() const { return (width - 2) / stride + 1; }
};

// x: [images, channels, h, w]; y: [images, channels, out_h, out_w].
cudaError_t pool2d_average(const PoolShape& shape, const float* x, float* y, cudaStream_t stream);

// The same with channels last, the readout's layout: y: [images, out_h, out_w, channels].
cudaError_t pool2d_average_channels_last(const PoolShape& shape, const float* x, float* y,
                                         cudaStream_t stream);

// The factorised readout of kernels/readout.h for rows that were gathered beforehand:
//   y[n, v] = bias[v] + sum_c features[v, c] * (sum_p spatial[v, p] * x[n, p, c])
// spatial: [rows, positions]; features: [rows, channels]; bias: [rows];
// x: [images, positions, channels]; y: [images, rows].
struct ReadoutShape {
  std::size_t images;
  std::size_t rows;
  int positions;
  int channels;
  int multiprocessors;  // of the device: few rows are spread over more blocks; no bit depends on it
};
cudaError_t readout(const ReadoutShape& shape, const float* spatial, const float* features,
                    const float* bias, const float* x, float* y, cudaStream_t stream);

// Column without a source in scatter_columns().
inline constexpr std::uint32_t kNoSource = 0xffffffffu;

// Spreads packed responses over wider rows: y[n, c] = x[n, source[c]], NaN where it is kNoSource.
// x: [images, rows]; source: [columns], entries < rows or kNoSource; y: [images, columns].
cudaError_t scatter_columns(const float* x, std::size_t images, std::size_t rows,
                            const std::uint32_t* source, std::size_t columns, float* y,
                            cudaStream_t stream);

}  // namespace corticast::kernels::cuda
