#include "kernels/resize.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "kernels/cpu/resize_kernels.h"

namespace corticast::kernels::cpu {

// Each defined by one compilation of the sources listed in corticast_isa().
#define CORTICAST_DECLARE(name)                \
  namespace name {                             \
  extern const std::size_t resize_strip_rows;  \
  void resize_strip(const ResizeStrip& strip); \
  void resize_blend(const ResizeBlend& blend); \
  }
CORTICAST_DECLARE(isa_portable)
CORTICAST_DECLARE(isa_avx2)
CORTICAST_DECLARE(isa_avx512)
#undef CORTICAST_DECLARE

ResizeKernels resize_kernels_for(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return {isa_avx512::resize_strip_rows, isa_avx512::resize_strip, isa_avx512::resize_blend};
    case Isa::kAvx2:
      return {isa_avx2::resize_strip_rows, isa_avx2::resize_strip, isa_avx2::resize_blend};
    case Isa::kPortable:
      break;
  }
  return {isa_portable::resize_strip_rows, isa_portable::resize_strip, isa_portable::resize_blend};
}

namespace {

// Most input samples under kStripOutputs neighbouring outputs.
std::size_t most_inputs(const ResizeAxis& axis) {
  std::size_t most = 0;
  for (std::size_t o = 0; o < axis.first.size(); o += kStripOutputs) {
    const std::size_t last = o + kStripOutputs - 1;
    most = std::max<std::size_t>(most, axis.first[last] + axis.count[last] - axis.first[o]);
  }
  return most;
}

std::unique_ptr<std::uint8_t[]> uninitialised(std::size_t bytes) {
  return std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
}

}  // namespace

Resize::Resize(std::uint32_t side, std::uint32_t outputs, Isa isa, std::uint8_t* y)
    : isa_(isa), row_bytes_(std::size_t{3} * outputs), y_(y) {
  if (side == 0 || outputs == 0 || outputs % kStripOutputs != 0) {
    throw std::invalid_argument("a resize needs an input and a multiple of 32 outputs");
  }
  axis_ = resize_axis(side, outputs);
  strip_rows_ = resize_kernels_for(isa).strip_rows;
  ring_rows_ = axis_.widest + strip_rows_;
  ring_ = uninitialised((ring_rows_ + 1) * row_bytes_);
  columns_ = uninitialised((3 * most_inputs(axis_) + 2 * kSquareSide) * strip_rows_);
}

std::uint8_t* Resize::narrow_row(std::size_t row) const {
  return ring_.get() + row % ring_rows_ * row_bytes_;
}

void Resize::add(const std::uint8_t* x, std::size_t stride, std::size_t count) {
  const ResizeKernels kernels = resize_kernels_for(isa_);
  ResizeStrip strip{};
  strip.inputs = axis_.inputs;
  strip.outputs = axis_.first.size();
  strip.first = axis_.first.data();
  strip.count = axis_.count.data();
  strip.weights = axis_.weights.data();
  strip.widest = axis_.widest;
  strip.columns = columns_.get();
  for (std::size_t r = 0; r < strip_rows_; ++r) {
    strip.x[r] = x + std::min(r, count - 1) * stride;
    strip.y[r] = r < count ? narrow_row(added_ + r) : ring_.get() + ring_rows_ * row_bytes_;
  }
  kernels.strip(strip);
  added_ += count;

  std::vector<const std::uint8_t*> rows(axis_.widest);
  for (; finished_ < axis_.first.size(); ++finished_) {
    const std::size_t first = axis_.first[finished_];
    const std::size_t needed = axis_.count[finished_];
    if (first + needed > added_) break;
    for (std::size_t i = 0; i < needed; ++i) rows[i] = narrow_row(first + i);
    kernels.blend({rows.data(), axis_.weights.data() + finished_ * axis_.widest, needed, row_bytes_,
                   y_ + finished_ * row_bytes_});
  }
}

}  // namespace corticast::kernels::cpu
