// Compiled once per instruction set. A functional's matrix is the product of its weighted masks,
// transposed, and its features: both lie in memory as the kernel reads them, term by term, so only
// the features are copied, to take the weights and to lie in panels.
#include "kernels/cpu/fold_kernels.h"
#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kTerms = FoldBlock::kTerms;

// Positions between the masks that are multiplied and those asked for from memory. A tile takes
// less time than one answer, and the next term's mask is not where the hardware expects it.
constexpr std::size_t kAhead = 4 * kTileRows;

// Weighted features of the terms first .. first + count - 1: [panel][count][kPanel], channels
// beyond the last are zero.
void pack(const FoldBlock& block, std::size_t first, std::size_t count) {
  for (std::size_t c = 0; c < block.channels; c += kPanel) {
    const bool whole = c + kPanel <= block.channels;
    float* panel = block.panels + c * kTerms;
    for (std::size_t k = 0; k < count; ++k) {
      const float* features = block.features[first + k] + c;
      const float weight = block.weight[first + k];
      float* out = panel + k * kPanel;
      if (whole) {
        for (std::size_t j = 0; j < kPanel; j += kLanes) {
          store(out + j, weight * load(features + j));
        }
        continue;
      }
      for (std::size_t j = 0; j < kPanel; ++j) {
        out[j] = c + j < block.channels ? weight * features[j] : 0.0f;
      }
    }
  }
}

// product[r][j] = sum over k < count of spatial[k][position + r] * panel[k][j].
template <std::size_t kRows>
inline void multiply(const float* const* spatial, std::size_t position, const float* panel,
                     std::size_t count, Vector (&product)[kRows][kVectors]) {
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t j = 0; j < kVectors; ++j) product[r][j] = Vector{};
  }
  for (std::size_t k = 0; k < count; ++k) {
    const float* mask = spatial[k] + position;
    __builtin_prefetch(mask + kAhead);
    Vector columns[kVectors];
    for (std::size_t j = 0; j < kVectors; ++j) {
      columns[j] = load(panel + k * kPanel + j * kLanes);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      for (std::size_t j = 0; j < kVectors; ++j) product[r][j] += mask[r] * columns[j];
    }
  }
}

// To the first `width` numbers at `out`: overwritten by the first stretch of terms, added by later
// ones.
inline void join(const Vector (&product)[kVectors], std::size_t width, bool begin, float* out) {
  if (width < kPanel) {
    float values[kPanel] = {};
    for (std::size_t j = 0; j < kVectors; ++j) store(values + j * kLanes, product[j]);
    for (std::size_t c = 0; c < width; ++c) out[c] = begin ? values[c] : out[c] + values[c];
    return;
  }
  for (std::size_t j = 0; j < kVectors; ++j) {
    float* total = out + j * kLanes;
    store(total, begin ? product[j] : load(total) + product[j]);
  }
}

template <std::size_t kRows>
inline void tile(const FoldBlock& block, std::size_t position, std::size_t c, std::size_t k,
                 std::size_t count) {
  const std::size_t width = block.channels - c < kPanel ? block.channels - c : kPanel;
  Vector product[kRows][kVectors];
  multiply<kRows>(block.spatial + k, position, block.panels + c * kTerms, count, product);
  for (std::size_t r = 0; r < kRows; ++r) {
    join(product[r], width, k == 0, block.folded[position - block.first + r] + c);
  }
}

}  // namespace

void fold_block(const FoldBlock& block) {
  for (std::size_t k = 0; k == 0 || k < block.terms; k += kTerms) {
    const std::size_t count = block.terms - k < kTerms ? block.terms - k : kTerms;
    pack(block, k, count);
    for (std::size_t c = 0; c < block.channels; c += kPanel) {
      std::size_t p = block.first;
      for (; p + kTileRows <= block.last; p += kTileRows) tile<kTileRows>(block, p, c, k, count);
      for (; p < block.last; ++p) tile<1>(block, p, c, k, count);
    }
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
