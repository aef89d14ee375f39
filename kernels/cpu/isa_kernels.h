// The parts that are compiled once per instruction set, and how to choose one at run time.
#pragma once

#include <cstddef>

#include "kernels/cpu/fold_kernels.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/row_products_block.h"

namespace corticast::kernels::cpu {

// One block of readout rows against one packed image (readout_block.cpp).
struct ReadoutBlock {
  static constexpr std::size_t kRows = 96;  // their masks stay in L2 over many images
  const float* spatial[kRows];              // mask of each row, [positions]
  const float* features[kRows];             // features of each row, [channels]
  std::size_t rows;                         // a multiple of 6
  std::size_t channels;
  std::size_t positions;
  const float* packed;  // [panels][positions][panel], channels beyond the last are zero
  const float* next;    // the packed image that is wanted after this one, or this one
  float* y;             // [rows], without bias
};

// One output row of a convolution for one panel of output channels (conv2d_row.cpp).
struct ConvRow {
  const float* const* x;  // [kernel] input rows, zero-padded: kernel - 1 pixels more than there are
                          // outputs, those rounded up to a multiple of 6
  std::size_t kernel;
  std::size_t in_channels;
  std::size_t pixels;    // outputs
  std::size_t channels;  // of the panel that exist
  const float* weight;   // [kernel][kernel * in_channels][panel]
  const float* bias;     // [panel]
  float* y;              // [pixels] of [channels], after bias and ReLU
  std::size_t y_stride;  // floats from one pixel to the next
};

struct IsaKernels {
  std::size_t panel;  // columns side by side in one panel
  void (*readout_block)(const ReadoutBlock&);
  void (*conv_row)(const ConvRow&);
  void (*fold_block)(const FoldBlock&);
  void (*folded_sums)(const FoldedSums&);
  void (*row_products_block)(const RowProductsBlock&);
};

IsaKernels kernels_for(Isa isa);

}  // namespace corticast::kernels::cpu
