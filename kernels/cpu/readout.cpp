#include "kernels/readout.h"

#include <algorithm>

#include "kernels/cpu/readout_block.h"

namespace corticast::kernels::cpu {
namespace {

ReadoutKernel kernel_for(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return readout_kernel_avx512();
    case Isa::kAvx2:
      return readout_kernel_avx2();
    case Isa::kPortable:
      break;
  }
  return readout_kernel_portable();
}

}  // namespace

std::string to_string(Isa isa) {
  return isa == Isa::kAvx512 ? "avx512" : isa == Isa::kAvx2 ? "avx2" : "portable";
}

std::vector<Isa> available_isas() {
  std::vector<Isa> isas = {Isa::kPortable};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isas.push_back(Isa::kAvx2);
  if (__builtin_cpu_supports("avx512f")) isas.push_back(Isa::kAvx512);
  return isas;
}

std::size_t packed_image_floats(int channels, int positions, Isa isa) {
  const std::size_t panel = kernel_for(isa).panel;
  const std::size_t panels = (static_cast<std::size_t>(channels) + panel - 1) / panel;
  return panels * panel * static_cast<std::size_t>(positions);
}

void pack_image(const float* x, int channels, int positions, Isa isa, float* packed) {
  const std::size_t panel = kernel_for(isa).panel;
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
  const ReadoutKernel kernel = kernel_for(isa);
  const auto channels = static_cast<std::size_t>(weights.channels);
  const auto positions = static_cast<std::size_t>(weights.positions);
  const std::size_t image_floats = packed_image_floats(weights.channels, weights.positions, isa);
  const std::size_t blocks = (rows.size() + kBlockRows - 1) / kBlockRows;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t first = b * kBlockRows;
    const std::size_t count = std::min(kBlockRows, rows.size() - first);
    float sums[kBlockRows];
    ReadoutBlock block{};
    block.rows = (count + kTileRows - 1) / kTileRows * kTileRows;
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
      kernel.run(block);
      for (std::size_t i = 0; i < count; ++i) {
        y[n * y_stride + first + i] = weights.bias[rows[first + i]] + sums[i];
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
