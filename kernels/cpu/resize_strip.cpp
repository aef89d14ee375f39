// Compiled once per instruction set.
#include "kernels/cpu/resize_kernels.h"
#include "kernels/cpu/resize_sums.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kRows = kQuadBytes;  // of a strip
static_assert(kRows <= kMostStripRows);

constexpr std::size_t kSide = kSquareSide;
typedef std::uint8_t Row __attribute__((vector_size(kSide)));
typedef Row RowInMemory __attribute__((aligned(1), may_alias));

// By value: clang forgets that a reference it gets from a function is not aligned.
inline Row load_row(const std::uint8_t* from) {
  return *static_cast<const RowInMemory*>(static_cast<const void*>(from));
}
inline void store_row(std::uint8_t* to, Row row) {
  *static_cast<RowInMemory*>(static_cast<void*>(to)) = row;
}

inline Row low_halves(Row a, Row b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline Row high_halves(Row a, Row b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
}

// Interleaving row r with row r + 8 moves the topmost bit of a byte's row number to the bottom of
// its column number; after four rounds rows and columns have changed places.
inline void transpose(Row (&rows)[kSide]) {
  for (int round = 0; round < 4; ++round) {
    Row mixed[kSide];
    for (std::size_t r = 0; r < kSide / 2; ++r) {
      mixed[2 * r] = low_halves(rows[r], rows[r + kSide / 2]);
      mixed[2 * r + 1] = high_halves(rows[r], rows[r + kSide / 2]);
    }
    for (std::size_t r = 0; r < kSide; ++r) rows[r] = mixed[r];
  }
}

inline void transpose_square(const std::uint8_t* const* x, std::size_t from, std::uint8_t* y,
                             std::size_t stride) {
  Row rows[kSide];
  for (std::size_t r = 0; r < kSide; ++r) rows[r] = load_row(x[r] + from);
  transpose(rows);
  for (std::size_t r = 0; r < kSide; ++r) store_row(y + r * stride, rows[r]);
}

// Bytes [from, to) of rows of `length` to columns + b * kRows.
void rows_to_columns(const std::uint8_t* const* x, std::size_t from, std::size_t to,
                     std::size_t length, std::uint8_t* columns) {
  if (length < kSide) {
    for (std::size_t b = from; b < to; ++b) {
      for (std::size_t r = 0; r < kRows; ++r) columns[kRows * (b - from) + r] = x[r][b];
    }
    return;
  }
  for (std::size_t r = 0; r < kRows; r += kSide) {
    for (std::size_t b = from; b < to; b += kSide) {
      // Never past the end of a row: the last square overlaps the one before it.
      const std::size_t at = b + kSide <= length ? b : length - kSide;
      transpose_square(x + r, at, columns + kRows * at - kRows * from + r, kRows);
    }
  }
}

// One pixel of all rows: [count, 3][kRows] -> [3][kRows].
inline void sum_pixel(const std::uint8_t* x, const std::int32_t* weights, std::size_t count,
                      std::uint8_t* y) {
  for (std::size_t channel = 0; channel < 3; ++channel) {
    QuadSums sums;
    for (std::size_t i = 0; i < count; ++i) {
      sums.add(x + kRows * (3 * i + channel), weights[i]);
    }
    sums.store(y + kRows * channel);
  }
}

void columns_to_rows(const std::uint8_t* columns, std::size_t to, std::uint8_t* const* y) {
  for (std::size_t b = 0; b < 3 * kStripOutputs; b += kSide) {
    const std::uint8_t* square[kSide];
    for (std::size_t c = 0; c < kSide; ++c) square[c] = columns + kRows * (b + c);
    for (std::size_t r = 0; r < kRows; r += kSide) {
      Row rows[kSide];
      for (std::size_t c = 0; c < kSide; ++c) rows[c] = load_row(square[c] + r);
      transpose(rows);
      for (std::size_t c = 0; c < kSide; ++c) store_row(y[r + c] + to + b, rows[c]);
    }
  }
}

}  // namespace

extern const std::size_t resize_strip_rows;
const std::size_t resize_strip_rows = kRows;

void resize_strip(const ResizeStrip& strip) {
  for (std::size_t o = 0; o < strip.outputs; o += kStripOutputs) {
    const std::size_t last = o + kStripOutputs - 1;
    const std::size_t from = strip.first[o];
    std::uint8_t* columns = strip.columns + kSide * kRows;
    rows_to_columns(strip.x, 3 * from, 3 * (strip.first[last] + strip.count[last]),
                    3 * strip.inputs, columns);
    std::uint8_t narrow[3 * kStripOutputs * kRows];
    for (std::size_t p = 0; p < kStripOutputs; ++p) {
      sum_pixel(columns + 3 * kRows * (strip.first[o + p] - from),
                strip.weights + (o + p) * strip.widest, strip.count[o + p], narrow + 3 * kRows * p);
    }
    columns_to_rows(narrow, 3 * o, strip.y);
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
