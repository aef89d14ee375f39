// 8x8 matrices of 16-bit elements between shared memory and registers, and between lanes (PTX ISA
// sections "ldmatrix", "stmatrix", "movmatrix"). The row of a matrix is 16 bytes at the address of
// one lane: lanes 0-7 give the rows of matrix 0, 8-15 those of matrix 1, and so on.
//
// On sm_75 the PTX ISA wants valid addresses from all lanes even for .x1 and .x2. That is not
// checked.
#include <cstring>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/address.h"
#include "tests/cuda_sim/opcodes/matrix.h"
#include "tests/cuda_sim/opcodes/matrix_product.h"

namespace cuda_sim {
namespace {

constexpr unsigned kRowBytes = 16;
constexpr unsigned kSide = 8;

struct MoveForm {
  unsigned matrices = 1;
  bool transposed = false;
};

using Matrix = std::uint16_t[kSide][kSide];

// A register of 32 lanes holds a matrix row by row; transposed: column by column.
void to_registers(const Matrix& matrix, bool transposed, std::uint32_t* lanes) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const unsigned i = lane / 4;
    const unsigned j = lane % 4 * 2;
    const std::uint32_t low = transposed ? matrix[j][i] : matrix[i][j];
    const std::uint32_t high = transposed ? matrix[j + 1][i] : matrix[i][j + 1];
    lanes[lane] = low | high << 16;
  }
}

void from_registers(const std::uint32_t* lanes, bool transposed, Matrix& matrix) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const unsigned i = lane / 4;
    const unsigned j = lane % 4 * 2;
    const auto low = static_cast<std::uint16_t>(lanes[lane]);
    const auto high = static_cast<std::uint16_t>(lanes[lane] >> 16);
    (transposed ? matrix[j][i] : matrix[i][j]) = low;
    (transposed ? matrix[j + 1][i] : matrix[i][j + 1]) = high;
  }
}

// Makes lanes 0 .. 8 * matrices - 1 the active ones for as long as it lives.
class RowLanes {
 public:
  RowLanes(Warp& warp, unsigned matrices) : warp_(warp), before_(warp.active) {
    warp.active = kAllLanes >> (kLanes - kSide * matrices);
  }
  ~RowLanes() { warp_.active = before_; }
  RowLanes(const RowLanes&) = delete;
  RowLanes& operator=(const RowLanes&) = delete;

 private:
  Warp& warp_;
  std::uint32_t before_;
};

Access row_access(const Step& step) {
  Access access;
  access.space = step.space;
  access.bytes = kRowBytes;
  return access;
}

// Step operands: address, then a register for each matrix.
void execute_load(Warp& warp, const Step& step) {
  check_whole_warp(warp, step);
  const auto& form = *static_cast<const MoveForm*>(step.detail);
  std::uint64_t addresses[kLanes];
  lane_addresses(warp, step.operands[0], step.offset, addresses);
  Matrix matrices[4] = {};
  {
    const RowLanes lanes(warp, form.matrices);
    load(warp, step, row_access(step), addresses, matrices);
  }
  for (unsigned i = 0; i < form.matrices; ++i) {
    to_registers(matrices[i], form.transposed, warp.write<std::uint32_t>(step.operands[1 + i]));
  }
}

void execute_store(Warp& warp, const Step& step) {
  check_whole_warp(warp, step);
  const auto& form = *static_cast<const MoveForm*>(step.detail);
  std::uint64_t addresses[kLanes];
  lane_addresses(warp, step.operands[0], step.offset, addresses);
  Matrix matrices[4] = {};
  for (unsigned i = 0; i < form.matrices; ++i) {
    from_registers(warp.read<std::uint32_t>(step.operands[1 + i]), form.transposed, matrices[i]);
  }
  const RowLanes lanes(warp, form.matrices);
  store(warp, step, row_access(step), addresses, matrices);
}

// Step operands: source, destination.
void execute_transpose(Warp& warp, const Step& step) {
  check_whole_warp(warp, step);
  Matrix matrix;
  from_registers(warp.read<std::uint32_t>(step.operands[0]), false, matrix);
  to_registers(matrix, true, warp.write<std::uint32_t>(step.operands[1]));
}

MoveForm decode_move(Decoder& decoder) {
  take_sync_aligned(decoder);
  MoveForm form;
  form.matrices = 0;
  if (decoder.take("x1")) form.matrices = 1;
  if (decoder.take("x2")) form.matrices = 2;
  if (decoder.take("x4")) form.matrices = 4;
  form.transposed = decoder.take("trans");
  if (form.matrices == 0 || !decoder.take("m8n8") || !decoder.take("b16")) {
    decoder.unknown("only .m8n8 with .x1, .x2 or .x4 of .b16 is known");
  }
  const bool shared = decoder.take("shared") || decoder.take("shared::cta");
  decoder.step().space = shared ? Space::kShared : Space::kGeneric;
  decoder.detail(form);
  return form;
}

}  // namespace

void decode_ldmatrix(Decoder& decoder) {
  require_target(decoder, 75);
  const MoveForm form = decode_move(decoder);
  std::vector<LaneRef> refs{decoder.address(decoder.operand(1))};
  add_destinations(decoder, decoder.operand(0), form.matrices, 32, &refs);
  decoder.emit(execute_load, refs);
}

void decode_stmatrix(Decoder& decoder) {
  require_target(decoder, 90);
  const MoveForm form = decode_move(decoder);
  std::vector<LaneRef> refs{decoder.address(decoder.operand(0))};
  add_sources(decoder, decoder.operand(1), form.matrices, 32, &refs);
  decoder.emit(execute_store, refs);
}

void decode_movmatrix(Decoder& decoder) {
  require_target(decoder, 75);
  take_sync_aligned(decoder);
  if (!decoder.take("m8n8") || !decoder.take("trans") || !decoder.take("b16")) {
    decoder.unknown();
  }
  std::vector<LaneRef> refs;
  add_sources(decoder, decoder.operand(1), 1, 32, &refs);
  add_destinations(decoder, decoder.operand(0), 1, 32, &refs);
  decoder.emit(execute_transpose, refs);
}

}  // namespace cuda_sim
