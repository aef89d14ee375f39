#include "kernels/readout.h"

#include <algorithm>

#include "kernels/cpu/isa_kernels.h"
#include "kernels/cpu/readout_blocking.h"

namespace corticast::kernels::cpu {

std::size_t packed_image_floats(int channels, int positions, Isa isa) {
  const std::size_t panel = kernels_for(isa).panel;
  const std::size_t panels = (static_cast<std::size_t>(channels) + panel - 1) / panel;
  return panels * panel * static_cast<std::size_t>(positions);
}

void pack_image(const float* x, int channels, int positions, Isa isa, float* packed) {
  const std::size_t panel = kernels_for(isa).panel;
  const auto width = static_cast<std::size_t>(channels);
  const auto length = static_cast<std::size_t>(positions);
  for (std::size_t c = 0; c < width; c += panel) {
    const std::size_t used = std::min(panel, width - c);
    for (std::size_t p = 0; p < length; ++p) {
      float* out = packed + c * length + p * panel;
      std::copy_n(x + p * width + c, used, out);
      std::fill_n(out + used, panel - used, 0.0f);
    }
  }
}

void readout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
             const float* packed, std::size_t images, Isa isa, float* y, std::size_t y_stride) {
  const auto run_block = kernels_for(isa).readout_block;
  const std::size_t block_rows = readout_block_rows(rows.size());
  const auto channels = static_cast<std::size_t>(weights.channels);
  const auto positions = static_cast<std::size_t>(weights.positions);
  const std::size_t image_floats = packed_image_floats(weights.channels, weights.positions, isa);
  const std::size_t blocks = (rows.size() + block_rows - 1) / block_rows;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t first = b * block_rows;
    const std::size_t count = std::min(block_rows, rows.size() - first);
    float sums[ReadoutBlock::kRows];
    ReadoutBlock block{};
    block.rows = (count + kReadoutTile - 1) / kReadoutTile * kReadoutTile;
    block.channels = channels;
    block.positions = positions;
    block.y = sums;
    for (std::size_t i = 0; i < block.rows; ++i) {
      // A short tile repeats its last row: every row then runs through the same instructions.
      const std::size_t row = rows[first + std::min(i, count - 1)];
      block.spatial[i] = weights.spatial + row * positions;
      block.features[i] = weights.features + row * channels;
    }
    for (std::size_t n = 0; n < images; ++n) {
      block.packed = packed + n * image_floats;
      block.next = n + 1 < images ? block.packed + image_floats : packed;
      run_block(block);
      for (std::size_t i = 0; i < count; ++i) {
        y[n * y_stride + first + i] = weights.bias[rows[first + i]] + sums[i];
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
