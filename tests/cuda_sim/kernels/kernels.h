// Kernels in the manner a serious engine ships them, to try the simulated device on: what it runs
// right and what it catches. Each launcher queues one launch on `stream` and returns its error.
// Pointers are device addresses, fp16 values are given as their bits, tensors are dense with the
// last index fastest. Sums have a fixed order unless said.
#pragma once

#include <driver_types.h>

#include <cstddef>
#include <cstdint>

namespace cuda_sim::kernels {

using Half = std::uint16_t;  // the bits of an fp16 value

// 2x2 average, stride 1 or 2. x: [n, h, w, c]; y: [n, (h - 2) / stride + 1, (w - 2) / stride + 1,
// c]. ((a + b) + (c + d)) * 0.25 in fp32 (a, b of the upper row), rounded once more for fp16.
struct PoolShape {
  int n, h, w, c, stride;
  int out_h() const { return (h - 2) / stride + 1; }
  int out_w() const { return (w - 2) / stride + 1; }
};
// c a multiple of 4, pointers 16-byte aligned.
cudaError_t pool_f32(const PoolShape& shape, const float* x, float* y, cudaStream_t stream);
// c a multiple of 8, pointers 16-byte aligned.
cudaError_t pool_f16(const PoolShape& shape, const Half* x, Half* y, cudaStream_t stream);

// One axis of a resize: output o is the sum of samples first[o] + i times weights[o * widest + i],
// i < count[o], in units of 2^-22, rounded and clamped to a byte.
struct ResizeAxis {
  int side;    // samples
  int out;     // outputs
  int widest;  // weights per output
  const std::int32_t* first;
  const std::int32_t* count;
  const std::int32_t* weights;
};
inline constexpr int kResizeFractionBits = 22;
// rgb: rows of `stride` bytes, side x side pixels of 3 bytes; narrow: [side, out, 3].
cudaError_t resize_rows(const ResizeAxis& axis, const std::uint8_t* rgb, int stride,
                        std::uint8_t* narrow, cudaStream_t stream);
// The table of resize_columns, [3][256] on the host: in constant memory, one per device.
cudaError_t set_normalisation(const float* table, cudaStream_t stream);
// narrow: [side, out, 3]; y: [out, out, 8] fp16, the table's values of the resized bytes and five
// zeros.
cudaError_t resize_columns(const ResizeAxis& axis, const std::uint8_t* narrow, Half* y,
                           cudaStream_t stream);

// y[n, i] = x[n, source[i]], NaN where source[i] < 0. x: [n, values]; y: [n, columns].
cudaError_t scatter(const float* x, int n, int values, const std::int32_t* source, int columns,
                    float* y, cudaStream_t stream);

// *sum += the sum of x; *largest = max(*largest, bits of x) as signed integers (right for
// x >= 0). Order of the blocks' shares: any.
cudaError_t reduce(const float* x, int count, float* sum, std::int32_t* largest,
                   cudaStream_t stream);
// *sum = the sum of x in one launch: the block that finishes last adds up the blocks' shares.
// shares: [kSumBlocks]; *ticket: 0 before, 0 after.
inline constexpr int kSumBlocks = 7;
cudaError_t sum_last_block(const float* x, int count, float* shares, std::uint32_t* ticket,
                           float* sum, cudaStream_t stream);

// bins: [256], added to.
cudaError_t histogram(const std::uint8_t* x, int count, std::uint32_t* bins, cudaStream_t stream);

// y[i] = the median of x[i .. i + window - 1], i <= count - window. window odd, at most
// kMedianWindow.
inline constexpr int kMedianWindow = 16;
cudaError_t median(const float* x, int count, int window, float* y, cudaStream_t stream);

// y[n, v] = bias[v] + sum_c features[v, c] * (sum_p spatial[v, p] * x[n, p, c])
// features: [rows, channels]; bias: [rows]; y: [images, rows].
struct ReadoutShape {
  int images, rows, positions, channels;
};
// fp32 multiply-adds; spatial: [rows, positions]; x: [images, positions, channels].
cudaError_t readout_f32(const ReadoutShape& shape, const float* spatial, const float* x,
                        const float* features, const float* bias, float* y, cudaStream_t stream);
// Tensor cores, fp16 in, fp32 sums. positions and channels multiples of 8, spatial and x 16-byte
// aligned. readout_mma80 needs compute capability 8.0 (it stops with a trap below); stages 3 or 6,
// the latter more than 48 KB of shared memory, for which opt_in asks.
cudaError_t readout_mma80(const ReadoutShape& shape, const Half* spatial, const Half* x,
                          const float* features, const float* bias, float* y, int stages,
                          bool opt_in, cudaStream_t stream);
cudaError_t readout_mma75(const ReadoutShape& shape, const Half* spatial, const Half* x,
                          const float* features, const float* bias, float* y, cudaStream_t stream);

// c = alpha * a b. a: [m, k] fp16; b: [k, n] fp16; c: [m, n] fp32.
cudaError_t gemm_wmma(int m, int n, int k, float alpha, const Half* a, const Half* b, float* c,
                      cudaStream_t stream);

// Registers only: `rounds` times 16 integer and fp32 operations on x[i], which states how fast
// arithmetic is simulated. x: [count], replaced.
cudaError_t arithmetic(float* x, int count, int rounds, cudaStream_t stream);

}  // namespace cuda_sim::kernels
