// The factorised spatial x feature readout of one subject, for chosen rows (vertices).
//   y[n, i] = bias[r] + sum_c features[r, c] * (sum_p spatial[r, p] * x[n, p, c]),  r = rows[i]
// x is the core's output with positions p = row * 26 + column outermost (NHWC), spatial the mask
// already divided by its norm. Source: MOSAIC's readout, with the order of sums its definition
// gives; no [rows, channels] intermediate is ever stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace corticast::kernels {

struct ReadoutWeights {
  int channels;
  int positions;
  const float* spatial;   // [V, positions]
  const float* features;  // [V, channels]
  const float* bias;      // [V]
};

namespace reference {
// x: [images, positions, channels]; y: [images, rows].
void readout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows, const float* x,
             std::size_t images, double* y);
}  // namespace reference

namespace cpu {

// Instruction sets of the readout kernel, best last.
enum class Isa { kPortable, kAvx2, kAvx512 };
std::string to_string(Isa isa);
// Those this processor runs, best last; never empty.
std::vector<Isa> available_isas();

// Floats of one packed image.
std::size_t packed_image_floats(int channels, int positions, Isa isa);
// x: [positions, channels] to panels the kernel reads in order; packed: packed_image_floats(),
// 64-byte aligned.
void pack_image(const float* x, int channels, int positions, Isa isa, float* packed);

// packed: `images` packed images, one after the other. y[n * y_stride + i].
// A row's sum is made in one order whatever the other rows, the images and the thread count, so its
// bits depend on nothing but its weights, its image and the Isa. Uses the caller's OpenMP threads.
void readout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
             const float* packed, std::size_t images, Isa isa, float* y, std::size_t y_stride);

}  // namespace cpu
}  // namespace corticast::kernels
