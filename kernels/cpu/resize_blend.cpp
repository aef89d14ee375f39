// Compiled once per instruction set.
#include "kernels/cpu/resize_kernels.h"
#include "kernels/cpu/resize_sums.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

template <std::size_t kQuads>
inline void blend_columns(const ResizeBlend& blend, std::size_t at) {
  QuadSums sums[kQuads];
  for (QuadSums& sum : sums) sum.clear();
  for (std::size_t i = 0; i < blend.count; ++i) {
    for (std::size_t q = 0; q < kQuads; ++q) {
      sums[q].add(blend.x[i] + at + q * kQuadBytes, blend.weights[i]);
    }
  }
  for (std::size_t q = 0; q < kQuads; ++q) sums[q].store(blend.y + at + q * kQuadBytes);
}

}  // namespace

void resize_blend(const ResizeBlend& blend) {
  // Two at once hide the latency of the additions where a register holds both.
  std::size_t at = 0;
  for (; at + 2 * kQuadBytes <= blend.bytes; at += 2 * kQuadBytes) blend_columns<2>(blend, at);
  for (; at + kQuadBytes <= blend.bytes; at += kQuadBytes) blend_columns<1>(blend, at);
  // The last columns once more together with some before them.
  if (at < blend.bytes) blend_columns<1>(blend, blend.bytes - kQuadBytes);
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
