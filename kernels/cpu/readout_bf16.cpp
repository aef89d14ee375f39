#include "kernels/readout_bf16.h"

#include <algorithm>

#include "kernels/cpu/bf16.h"
#include "kernels/cpu/isa_kernels.h"
#include "kernels/cpu/readout_bf16_block.h"
#include "kernels/cpu/readout_blocking.h"

namespace corticast::kernels::cpu {
namespace {

constexpr std::size_t kPanel = Bf16Block::kPanel;
static_assert(sizeof(Bf16Pair) == sizeof(float));
static_assert(Bf16Block::kRows == ReadoutBlock::kRows);

std::size_t pairs_of(int positions) {
  return (static_cast<std::size_t>(positions) + 1) / 2;
}

std::size_t tiles_of(std::size_t rows) {
  return (rows + kReadoutTile - 1) / kReadoutTile;
}

std::size_t mask_words(int positions, std::size_t rows) {
  return tiles_of(rows) * kReadoutTile * pairs_of(positions);
}

const Bf16Pair* words(const Buffer& buffer) {
  return static_cast<const Bf16Pair*>(static_cast<const void*>(buffer.data()));
}
Bf16Pair* words(Buffer& buffer) {
  return static_cast<Bf16Pair*>(static_cast<void*>(buffer.data()));
}

}  // namespace

std::size_t packed_image_words(int channels, int positions) {
  const std::size_t panels = (static_cast<std::size_t>(channels) + kPanel - 1) / kPanel;
  return panels * kPanel * pairs_of(positions);
}

void pack_image_bf16(const float* x, int channels, int positions, std::uint32_t* packed) {
  const auto width = static_cast<std::size_t>(channels);
  const auto length = static_cast<std::size_t>(positions);
  const std::size_t pairs = pairs_of(positions);
  for (std::size_t c = 0; c < width; c += kPanel) {
    const std::size_t used = std::min(kPanel, width - c);
    for (std::size_t k = 0; k < pairs; ++k) {
      const float* const earlier = x + 2 * k * width + c;
      // The partner of an odd last position is zero here and in the masks.
      const bool odd = 2 * k + 1 == length;
      std::uint32_t* const out = packed + c * pairs + k * kPanel;
      for (std::size_t j = 0; j < used; ++j) {
        out[j] = to_bf16_pair(earlier[j], odd ? 0.0f : earlier[width + j]);
      }
      std::fill_n(out + used, kPanel - used, 0u);
    }
  }
}

Bf16Readout::Bf16Readout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows)
    : weights_(weights), rows_(rows), masks_(mask_words(weights.positions, rows.size())) {
  const auto length = static_cast<std::size_t>(weights.positions);
  const std::size_t pairs = pairs_of(weights.positions);
  const std::size_t tiles = tiles_of(rows.size());
  Bf16Pair* const masks = words(masks_);
#pragma omp parallel for schedule(static)
  for (std::size_t t = 0; t < tiles; ++t) {
    Bf16Pair* const tile = masks + t * kReadoutTile * pairs;
    for (std::size_t r = 0; r < kReadoutTile; ++r) {
      // A short tile repeats the last row.
      const std::size_t i = std::min(t * kReadoutTile + r, rows.size() - 1);
      const float* const mask = weights.spatial + rows[i] * length;
      for (std::size_t k = 0; k < length / 2; ++k) {
        tile[k * kReadoutTile + r] = to_bf16_pair(mask[2 * k], mask[2 * k + 1]);
      }
      if (length % 2 == 1) {
        tile[(pairs - 1) * kReadoutTile + r] = to_bf16_pair(mask[length - 1], 0.0f);
      }
    }
  }
}

std::size_t Bf16Readout::packed_bytes(int positions, std::size_t rows) {
  return mask_words(positions, rows) * sizeof(Bf16Pair);
}

void Bf16Readout::run(const std::uint32_t* packed, std::size_t images, float* y,
                      std::size_t y_stride) const {
  const auto channels = static_cast<std::size_t>(weights_.channels);
  const std::size_t pairs = pairs_of(weights_.positions);
  const std::size_t image_words = packed_image_words(weights_.channels, weights_.positions);
  const std::size_t block_rows = readout_block_rows(rows_.size());
  const std::size_t blocks = (rows_.size() + block_rows - 1) / block_rows;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t first = b * block_rows;
    const std::size_t count = std::min(block_rows, rows_.size() - first);
    float sums[Bf16Block::kRows];
    Bf16Block block{};
    block.rows = tiles_of(count) * kReadoutTile;
    block.channels = channels;
    block.pairs = pairs;
    block.masks = words(masks_) + first * pairs;
    block.y = sums;
    for (std::size_t i = 0; i < block.rows; ++i) {
      block.features[i] = weights_.features + rows_[first + std::min(i, count - 1)] * channels;
    }
    for (std::size_t n = 0; n < images; ++n) {
      block.packed = packed + n * image_words;
      block.next = n + 1 < images ? block.packed + image_words : packed;
      readout_bf16_block(block);
      for (std::size_t i = 0; i < count; ++i) {
        y[n * y_stride + first + i] = weights_.bias[rows_[first + i]] + sums[i];
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
