#include "tests/cuda_sim/opcodes/matrix_wmma_memory.h"

#include <algorithm>
#include <bit>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/address.h"
#include "tests/cuda_sim/opcodes/matrix_product.h"

namespace cuda_sim {
namespace {

constexpr unsigned kPieceBytes = 16;
constexpr unsigned kMostBytes = 1024;  // of 16 x 16 f32

// The value that all active lanes agree on; reports it when they do not.
std::uint64_t agreed(Warp& warp, const Step& step, const std::uint64_t* values,
                     const std::string& what) {
  const std::uint64_t first = values[std::countr_zero(warp.active)];
  std::uint32_t others = 0;
  for_lanes(warp.active, [&](unsigned lane) {
    if (values[lane] != first) others |= 1U << lane;
  });
  if (others != 0) {
    report(warp, step, others, Fault::kWarpOperand,
           "gives " + step.source->opcode + " another " + what +
               " than the first lane; it must be the same in the whole warp");
  }
  return first;
}

// Calls access(addresses, bytes) for 32 lanes' pieces at a time; bytes: where in the matrix.
template <class F>
void for_pieces(Warp& warp, const Step& step, F&& access) {
  check_whole_warp(warp, step);
  const auto& form = *static_cast<const WmmaMemoryForm*>(step.detail);
  std::uint64_t bases[kLanes];
  lane_addresses(warp, step.operands[0], step.offset, bases);
  const std::uint64_t base = agreed(warp, step, bases, "address");
  std::uint64_t strides[kLanes];
  std::copy_n(warp.read<std::uint32_t>(step.operands[1]), kLanes, strides);
  const std::uint64_t stride = agreed(warp, step, strides, "stride") * form.element_bytes;
  if (base % form.base_alignment != 0) {
    report(warp, step, warp.active, Fault::kMisaligned,
           "the matrix of " + step.source->opcode + " must be aligned to " +
               std::to_string(form.base_alignment) + " bytes");
  }
  const unsigned per_line = form.line_bytes / form.piece_bytes;
  const unsigned pieces = form.lines * per_line;
  for (unsigned first = 0; first < pieces; first += kLanes) {
    const unsigned count = std::min(pieces - first, kLanes);
    std::uint64_t addresses[kLanes] = {};
    for (unsigned lane = 0; lane < count; ++lane) {
      const unsigned piece = first + lane;
      addresses[lane] = base + piece / per_line * stride + piece % per_line * form.piece_bytes;
    }
    warp.active = kAllLanes >> (kLanes - count);
    access(addresses, first * form.piece_bytes);
    warp.active = kAllLanes;
  }
}

Access piece_access(const Step& step) {
  Access access;
  access.space = step.space;
  access.bytes = static_cast<const WmmaMemoryForm*>(step.detail)->piece_bytes;
  return access;
}

// T: unsigned, of the element's size.
template <class T>
void scatter(Warp& warp, const Step& step, const WmmaMemoryForm& form, const std::byte* matrix) {
  const T* from = reinterpret_cast<const T*>(matrix);
  const std::uint16_t* place = form.places.data();
  for (unsigned reg = 0; reg < form.registers; ++reg) {
    T* to = warp.write<T>(step.operands[2 + reg]);
    for (unsigned i = 0; i < kLanes * form.each; ++i) to[i] = from[*place++];
  }
}

template <class T>
void gather(const Warp& warp, const Step& step, const WmmaMemoryForm& form, std::byte* matrix) {
  T* to = reinterpret_cast<T*>(matrix);
  const std::uint16_t* place = form.places.data();
  for (unsigned reg = 0; reg < form.registers; ++reg) {
    const T* from = warp.read<T>(step.operands[2 + reg]);
    for (unsigned i = 0; i < kLanes * form.each; ++i) to[*place++] = from[i];
  }
}

}  // namespace

unsigned wmma_registers(const Fragment& fragment) {
  const bool padded = fragment.element == Element::kF16 && fragment.part != Fragment::Part::kC;
  return padded ? 8 : fragment.registers();
}

void execute_wmma_load(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const WmmaMemoryForm*>(step.detail);
  alignas(16) std::byte matrix[kMostBytes] = {};
  for_pieces(warp, step, [&](const std::uint64_t* addresses, unsigned at) {
    load(warp, step, piece_access(step), addresses, matrix + at);
  });
  switch (form.element_bytes) {
    case 1:
      return scatter<std::uint8_t>(warp, step, form, matrix);
    case 2:
      return scatter<std::uint16_t>(warp, step, form, matrix);
    case 4:
      return scatter<std::uint32_t>(warp, step, form, matrix);
    default:
      return scatter<std::uint64_t>(warp, step, form, matrix);
  }
}

void execute_wmma_store(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const WmmaMemoryForm*>(step.detail);
  alignas(16) std::byte matrix[kMostBytes] = {};
  switch (form.element_bytes) {
    case 2:
      gather<std::uint16_t>(warp, step, form, matrix);
      break;
    case 4:
      gather<std::uint32_t>(warp, step, form, matrix);
      break;
    default:
      gather<std::uint64_t>(warp, step, form, matrix);
  }
  for_pieces(warp, step, [&](const std::uint64_t* addresses, unsigned at) {
    store(warp, step, piece_access(step), addresses, matrix + at);
  });
}

WmmaMemoryForm wmma_memory_form(const Fragment& fragment, bool row_major) {
  WmmaMemoryForm form;
  form.registers = wmma_registers(fragment);
  form.each = elements_per_register(fragment.element);
  form.element_bytes = element_bytes(fragment.element);
  form.lines = row_major ? fragment.rows() : fragment.columns();
  const unsigned length = row_major ? fragment.columns() : fragment.rows();
  form.line_bytes = length * form.element_bytes;
  form.base_alignment = form.registers * register_bits(fragment.element) / 8;
  form.piece_bytes = std::min({kPieceBytes, form.base_alignment, form.line_bytes});
  for (unsigned reg = 0; reg < form.registers; ++reg) {
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      for (unsigned i = 0; i < form.each; ++i) {
        const auto at = fragment.position(reg % fragment.registers(), lane, i);
        form.places.push_back(static_cast<std::uint16_t>(row_major ? at.row * length + at.column
                                                                   : at.column * length + at.row));
      }
    }
  }
  return form;
}

}  // namespace cuda_sim
