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

// How activations and weights are stored where tensor cores multiply them; sums are float32 always.
// kFloat32 is multiplied as TF32 (10 bits of mantissa) by tensor cores, as float32 elsewhere.
enum class Element : std::uint8_t { kFloat32, kFloat16, kBfloat16 };
constexpr std::size_t bytes_of(Element element) {
  return element == Element::kFloat32 ? 4 : 2;
}

// ---- float32, planes: y[image, channel, row, column] ----

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
cudaError_t pool2d_average_to_channels_last(const PoolShape& shape, const float* x, float* y,
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

// ---- Any element, channels last: y[image, row, column, channel] ----
// Channels are a multiple of 8 unless said otherwise, so that a pixel is whole 16-byte pieces.
// Values are computed in float32 and rounded once, to nearest even; what is too large becomes
// infinite. Counters are 64-bit, on the device, added to and never cleared by a kernel.

// Channels of a network's input in memory: red, green, blue and zeros.
inline constexpr int kInputChannels = 8;

// 8-bit pixels to normalised values: y[n, p, c] = table[c][x[n, p, c]] for c < 3, else 0.
// x: [images, pixels, 3] uint8; table: [3][256]; y: [images, pixels, kInputChannels].
cudaError_t normalize_pixels_channels_last(const std::uint8_t* x, std::size_t images,
                                           std::size_t pixels, const float* table, Element element,
                                           void* y, cudaStream_t stream);

// Normalised planes to normalised values of pixels: y[n, p, c] = x[n, c, p] for c < 3, else 0.
// x: [images, 3, pixels] float32; y: [images, pixels, kInputChannels]. *overflows += the finite
// values that became infinite.
cudaError_t planes_to_channels_last(const float* x, std::size_t images, std::size_t pixels,
                                    Element element, void* y, unsigned long long* overflows,
                                    cudaStream_t stream);

// 2x2 average pooling. x: [images, h, w, channels]; y: [images, positions, channels], positions >=
// out_h * out_w: what lies beyond is left alone. *non_finite += the results that are NaN or
// infinite.
cudaError_t pool2d_average_channels_last(const PoolShape& shape, Element element, const void* x,
                                         std::size_t positions, void* y,
                                         unsigned long long* non_finite, cudaStream_t stream);

// *non_finite += the values of x [size] that are NaN or infinite. Any size; x may be float32 too.
cudaError_t count_non_finite(Element element, const void* x, std::size_t size,
                             unsigned long long* non_finite, cudaStream_t stream);

// Rounds and pads the rows of a matrix: y[r, c] = x[r, c] for c < width, 0 for width <= c < padded.
// x: [rows, width] float32, y: [rows, padded]; any width. *overflows += the finite values that
// became infinite.
cudaError_t convert_rows(const float* x, std::size_t rows, std::size_t width, std::size_t padded,
                         Element element, void* y, unsigned long long* overflows,
                         cudaStream_t stream);

// Rounds a convolution's filters and turns them round: y[o, i, j, c] = x[o, c, i, j], 0 for
// in_channels <= c < padded. x: [out_channels, in_channels, kernel, kernel] float32. *overflows as
// above.
cudaError_t convert_filters(const float* x, int out_channels, int in_channels, int kernel,
                            int padded, Element element, void* y, unsigned long long* overflows,
                            cudaStream_t stream);

// ---- Readouts of channels-last images ----

// Positions of a mask and of an image in memory: what lies beyond the real ones is zeros.
constexpr int padded_positions(int positions) {
  return (positions + 63) / 64 * 64;
}

// What a launcher must know of the device to choose among its kernels. No bit of a result depends
// on multiprocessors.
struct Card {
  int compute_capability;  // 90 for 9.0
  int multiprocessors;
  std::size_t shared_bytes_per_block;  // the opt-in limit, cudaDevAttrMaxSharedMemoryPerBlockOptin
};

// The fused readout in tensor cores, y as for readout() above: for every block of rows the masks
// stay in shared memory while the images pass by (where it is large enough), the products are
// multiplied by the features and reduced over the channels in registers.
// spatial: [rows, padded_positions]; features: [rows, channels]; bias: [rows] float32; x: [images,
// padded_positions, channels]; y: [images, rows] float32. shape.positions: the real ones.
// kFloat32 needs compute capability 8.0, kBfloat16 8.0, kFloat16 7.5; cudaErrorInvalidValue below.
cudaError_t readout_tensor(const ReadoutShape& shape, const Card& card, Element element,
                           const void* spatial, const void* features, const float* bias,
                           const void* x, float* y, cudaStream_t stream);

// The second half of the readout by GEMM: y[n, v] = bias[v] + sum_c features[v, c] * z[n, v, c].
// z: [images, rows, channels] float32, the products of masks and images; features: [rows, channels]
// of `element`; bias: [rows]; y[n * y_stride + v]. bias and y are aligned to a float only.
cudaError_t reduce_channels(std::size_t images, std::size_t rows, int channels, Element element,
                            const float* z, const void* features, const float* bias, float* y,
                            std::size_t y_stride, cudaStream_t stream);

// ---- Responses ----

// Column without a source in scatter_columns().
inline constexpr std::uint32_t kNoSource = 0xffffffffu;

// Spreads packed responses over wider rows: y[n, c] = x[n, source[c]], NaN where it is kNoSource.
// x: [images, rows]; source: [columns], entries < rows or kNoSource; y: [images, columns].
cudaError_t scatter_columns(const float* x, std::size_t images, std::size_t rows,
                            const std::uint32_t* source, std::size_t columns, float* y,
                            cudaStream_t stream);

}  // namespace corticast::kernels::cuda
