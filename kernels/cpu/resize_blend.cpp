// Compiled once per instruction set.
#include "kernels/cpu/resize_kernels.h"
#include "kernels/cpu/resize_sums.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

inline void blend_quad(const ResizeBlend& blend, std::size_t at) {
  QuadSums sums;
  for (std::size_t i = 0; i < blend.count; ++i) sums.add(blend.x[i] + at, blend.weights[i]);
  sums.store(blend.y + at);
}

// Two at once: a loop of few turns costs as much as its turns.
inline void blend_pair(const ResizeBlend& blend, std::size_t at) {
  QuadSums left;
  QuadSums right;
  for (std::size_t i = 0; i < blend.count; ++i) {
    left.add(blend.x[i] + at, blend.weights[i]);
    right.add(blend.x[i] + at + kQuadBytes, blend.weights[i]);
  }
  left.store(blend.y + at);
  right.store(blend.y + at + kQuadBytes);
}

}  // namespace

void resize_blend(const ResizeBlend& blend) {
  std::size_t at = 0;
  for (; at + 2 * kQuadBytes <= blend.bytes; at += 2 * kQuadBytes) blend_pair(blend, at);
  for (; at + kQuadBytes <= blend.bytes; at += kQuadBytes) blend_quad(blend, at);
  // The last columns once more together with some before them.
  if (at < blend.bytes) blend_quad(blend, blend.bytes - kQuadBytes);
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
