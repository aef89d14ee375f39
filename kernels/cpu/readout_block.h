// The inner part of the readout, compiled once per instruction set (readout_block.cpp). Plain
// pointers and no library headers: code compiled for AVX-512 must not leak into inline functions
// that the linker shares with the rest of the program.
#pragma once

#include <cstddef>

namespace corticast::kernels::cpu {

inline constexpr std::size_t kTileRows = 6;    // rows whose sums live in registers together
inline constexpr std::size_t kBlockRows = 48;  // rows per call: their masks stay in L2

// One block of rows against one packed image.
struct ReadoutBlock {
  const float* spatial[kBlockRows];   // mask of each row, [positions]
  const float* features[kBlockRows];  // features of each row, [channels]
  std::size_t rows;                   // a multiple of kTileRows
  std::size_t channels;
  std::size_t positions;
  const float* packed;  // [panels][positions][panel], channels beyond the last are zero
  float* y;             // [rows], without bias
};

// An instruction set's kernel and the panel width it wants.
struct ReadoutKernel {
  std::size_t panel;  // channels side by side
  void (*run)(const ReadoutBlock& block);
};

ReadoutKernel readout_kernel_portable();
ReadoutKernel readout_kernel_avx2();
ReadoutKernel readout_kernel_avx512();

}  // namespace corticast::kernels::cpu
