#include "tests/cuda_sim/opcodes/matrix_layout.h"

#include <charconv>

namespace cuda_sim {
namespace {

constexpr unsigned kTileLines = 8;
constexpr unsigned kLanesPerLine = 4;

// 16-bit elements of C lie in pairs in one register, wider ones in a register each.
unsigned registers_per_c_tile(Element element) {
  return 2 / elements_per_register(element);
}

}  // namespace

bool parse_element(std::string_view text, Element* out) {
  struct Entry {
    std::string_view text;
    Element element;
  };
  static constexpr Entry kEntries[] = {
      {"f16", Element::kF16},   {"bf16", Element::kBf16},    {"tf32", Element::kTf32},
      {"f32", Element::kF32},   {"f64", Element::kF64},      {"s8", Element::kSigned8},
      {"s32", Element::kInt32}, {"u8", Element::kUnsigned8},
  };
  for (const Entry& entry : kEntries) {
    if (entry.text != text) continue;
    *out = entry.element;
    return true;
  }
  return false;
}

bool is_integer8(Element element) {
  return element == Element::kSigned8 || element == Element::kUnsigned8;
}

unsigned element_bytes(Element element) {
  switch (element) {
    case Element::kSigned8:
    case Element::kUnsigned8:
      return 1;
    case Element::kF16:
    case Element::kBf16:
      return 2;
    case Element::kTf32:
    case Element::kF32:
    case Element::kInt32:
      return 4;
    case Element::kF64:
      return 8;
  }
  return 0;
}

unsigned register_bits(Element element) {
  return element == Element::kF64 ? 64 : 32;
}

unsigned elements_per_register(Element element) {
  return register_bits(element) / 8 / element_bytes(element);
}

bool parse_shape(std::string_view text, MatrixShape* out) {
  MatrixShape shape;
  const char* at = text.data();
  const char* const end = at + text.size();
  const struct {
    char letter;
    unsigned* number;
  } fields[] = {{'m', &shape.m}, {'n', &shape.n}, {'k', &shape.k}};
  for (const auto& field : fields) {
    if (at == end || *at != field.letter) return false;
    const auto [next, error] = std::from_chars(at + 1, end, *field.number);
    if (error != std::errc()) return false;
    at = next;
  }
  *out = shape;
  return at == end;
}

Tiling::Tiling(MatrixShape shape, Element multiplicand)
    : blocks((shape.m + 15) / 16),
      tiles_per_block(shape.m < 16 ? 1 : 2),
      n_tiles(shape.n / kTileLines),
      k_tiles(shape.k / (kLanesPerLine * elements_per_register(multiplicand))),
      width(kLanesPerLine * elements_per_register(multiplicand)) {}

unsigned Fragment::registers() const {
  return rows() * columns() / (kTileLines * kLanesPerLine * elements_per_register(element));
}

Fragment::Position Fragment::position(unsigned reg, unsigned lane, unsigned index) const {
  const Tiling tiling(shape, element);
  const unsigned line = lane / kLanesPerLine;
  const unsigned in_line = lane % kLanesPerLine * elements_per_register(element) + index;
  switch (part) {
    case Part::kA: {
      const unsigned tile = reg % tiling.tiles_per_block;
      const unsigned k_tile = reg / tiling.tiles_per_block % tiling.k_tiles;
      const unsigned block = reg / tiling.tiles_per_block / tiling.k_tiles;
      return {16 * block + kTileLines * tile + line, tiling.width * k_tile + in_line};
    }
    case Part::kB:
      return {tiling.width * (reg % tiling.k_tiles) + in_line,
              kTileLines * (reg / tiling.k_tiles) + line};
    case Part::kC:
      break;
  }
  const unsigned per_tile = registers_per_c_tile(element);
  const unsigned number = reg / per_tile;
  const unsigned tile = number % tiling.tiles_per_block;
  const unsigned n_tile = number / tiling.tiles_per_block % tiling.n_tiles;
  const unsigned block = number / tiling.tiles_per_block / tiling.n_tiles;
  return {16 * block + kTileLines * tile + line,
          kTileLines * n_tile + 2 * (lane % kLanesPerLine) + reg % per_tile + index};
}

}  // namespace cuda_sim
