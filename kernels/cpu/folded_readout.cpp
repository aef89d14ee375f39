#include <omp.h>

#include <algorithm>
#include <limits>

#include "kernels/cpu/isa_kernels.h"
#include "kernels/functionals.h"

namespace corticast::kernels::cpu {
namespace {

// Floats of one stretch of one matrix: the same stretch of a batch of 32 images stays in L2.
constexpr std::size_t kStretchFloats = 4096;

constexpr std::size_t kCacheLine = 64 / sizeof(float);

// Positions folded at a time: their part of the matrix stays in L2 while the terms go by. It takes
// several to keep the threads busy where there is one functional.
constexpr std::size_t kBlockPositions = 228;

// As wide as the panel of any instruction set.
constexpr std::size_t kWidestPanel = 64;

std::size_t round_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

// All terms, looked up.
struct Terms {
  std::vector<const float*> spatial;
  std::vector<const float*> features;
  std::vector<float> weight;

  Terms(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
        const Functionals& functionals) {
    spatial.reserve(functionals.terms());
    features.reserve(functionals.terms());
    weight.reserve(functionals.terms());
    for (std::size_t k = 0; k < functionals.terms(); ++k) {
      const std::size_t row = rows[functionals.row[k]];
      spatial.push_back(weights.spatial + row * static_cast<std::size_t>(weights.positions));
      features.push_back(weights.features + row * static_cast<std::size_t>(weights.channels));
      weight.push_back(static_cast<float>(functionals.weight[k]));
    }
  }
};

// NaN for an output without terms.
double constant_of(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
                   const Functionals& functionals, std::size_t output) {
  const std::size_t first = functionals.begin[output];
  const std::size_t last = functionals.begin[output + 1];
  if (first == last) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t k = first; k < last; ++k) {
    sum += functionals.weight[k] * static_cast<double>(weights.bias[rows[functionals.row[k]]]);
  }
  return sum;
}

}  // namespace

FoldedReadout::Layout::Layout(int width, int length, std::size_t count)
    : channels(static_cast<std::size_t>(width)),
      positions(static_cast<std::size_t>(length)),
      outputs(count),
      stretch(std::max<std::size_t>(1, kStretchFloats / channels)) {}

std::size_t FoldedReadout::Layout::part_floats() const {
  return round_up(stretch * channels, kCacheLine);
}

std::size_t FoldedReadout::Layout::offset(std::size_t output, std::size_t position) const {
  return (position / stretch * outputs + output) * part_floats() + position % stretch * channels;
}

FoldedReadout::FoldedReadout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
                             const Functionals& functionals, Isa isa)
    : isa_(isa),
      layout_(weights.channels, weights.positions, functionals.outputs()),
      folded_(packed_bytes(weights.channels, weights.positions, layout_.outputs) / sizeof(float)) {
  const auto fold = kernels_for(isa).fold_block;
  const Terms terms(weights, rows, functionals);
  constant_.reserve(layout_.outputs);
  for (std::size_t o = 0; o < layout_.outputs; ++o) {
    constant_.push_back(constant_of(weights, rows, functionals, o));
  }
  const std::size_t blocks = (layout_.positions + kBlockPositions - 1) / kBlockPositions;
  const std::size_t panel_floats = FoldBlock::kTerms * round_up(layout_.channels, kWidestPanel);
  Buffer panels(panel_floats * static_cast<std::size_t>(omp_get_max_threads()));
#pragma omp parallel for schedule(dynamic)
  for (std::size_t task = 0; task < layout_.outputs * blocks; ++task) {
    const std::size_t output = task / blocks;
    const std::size_t begin = functionals.begin[output];
    float* folded[kBlockPositions];
    FoldBlock block{};
    block.spatial = terms.spatial.data() + begin;
    block.features = terms.features.data() + begin;
    block.weight = terms.weight.data() + begin;
    block.terms = functionals.begin[output + 1] - begin;
    block.channels = layout_.channels;
    block.first = task % blocks * kBlockPositions;
    block.last = std::min(block.first + kBlockPositions, layout_.positions);
    block.panels = panels.data() + panel_floats * static_cast<std::size_t>(omp_get_thread_num());
    block.folded = folded;
    for (std::size_t p = block.first; p < block.last; ++p) {
      folded[p - block.first] = folded_.data() + layout_.offset(output, p);
    }
    fold(block);
  }
}

std::size_t FoldedReadout::packed_bytes(int channels, int positions, std::size_t outputs) {
  const Layout layout(channels, positions, outputs);
  return layout.stretches() * outputs * layout.part_floats() * sizeof(float);
}

std::size_t FoldedReadout::scratch_bytes(int channels, int positions, std::size_t outputs,
                                         std::size_t images) {
  return Layout(channels, positions, outputs).stretches() * outputs * images * sizeof(float);
}

void FoldedReadout::run(const float* x, std::size_t x_stride, std::size_t images, float* y,
                        std::size_t y_stride, float* scratch) const {
  const auto sums = kernels_for(isa_).folded_sums;
  const std::size_t stretches = layout_.stretches();
  const std::size_t outputs = layout_.outputs;
#pragma omp parallel
  {
#pragma omp for schedule(dynamic)
    for (std::size_t s = 0; s < stretches; ++s) {
      const std::size_t first = s * layout_.stretch;
      const std::size_t count = std::min(layout_.stretch, layout_.positions - first);
      sums({folded_.data() + layout_.offset(0, first), layout_.part_floats(), outputs,
            x + first * layout_.channels, x_stride, images, count * layout_.channels,
            scratch + s * outputs * images});
    }
#pragma omp for schedule(static)
    for (std::size_t o = 0; o < outputs; ++o) {
      for (std::size_t n = 0; n < images; ++n) {
        double sum = constant_[o];
        for (std::size_t s = 0; s < stretches; ++s) {
          sum += static_cast<double>(scratch[(s * outputs + o) * images + n]);
        }
        y[n * y_stride + o] = static_cast<float>(sum);
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
