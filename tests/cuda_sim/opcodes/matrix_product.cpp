#include "tests/cuda_sim/opcodes/matrix_product.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/half.h"

namespace cuda_sim {
namespace {

constexpr unsigned kLines = 8;
// Of m32n8k16, m8n32k16 and m16n8k32, the largest operands.
constexpr unsigned kMostElements = 512;

// Sixteen at a time: loops of a fixed length are what compilers vectorise.
template <class T, class F>
void convert(const void* in, unsigned count, double* __restrict out, F value) {
  constexpr unsigned kStep = 16;
  const T* from = static_cast<const T*>(in);
  for (unsigned i = 0; i < count; i += kStep) {
    decltype(value(T{})) values[kStep];
    for (unsigned j = 0; j < kStep; ++j) values[j] = value(from[i + j]);
    for (unsigned j = 0; j < kStep; ++j) out[i + j] = static_cast<double>(values[j]);
  }
}

// Elements side by side, a multiple of sixteen, to double; exact.
void to_double(Element element, const void* in, unsigned count, double* out) {
  switch (element) {
    case Element::kF16:
      return convert<std::uint16_t>(in, count, out,
                                    [](std::uint16_t x) { return f16_to_float(x); });
    case Element::kBf16:
      return convert<std::uint16_t>(in, count, out,
                                    [](std::uint16_t x) { return bf16_to_float(x); });
    case Element::kTf32:
      return convert<std::uint32_t>(in, count, out,
                                    [](std::uint32_t x) { return tf32_to_float(x); });
    case Element::kF32:
      return convert<float>(in, count, out, [](float x) { return x; });
    case Element::kF64:
      return convert<double>(in, count, out, [](double x) { return x; });
    case Element::kSigned8:
      return convert<std::int8_t>(in, count, out, [](std::int8_t x) { return x; });
    case Element::kUnsigned8:
      return convert<std::uint8_t>(in, count, out, [](std::uint8_t x) { return x; });
    case Element::kInt32:
      return convert<std::int32_t>(in, count, out, [](std::int32_t x) { return x; });
  }
}

std::uint32_t to_int32(double value, bool saturate) {
  std::int64_t integer = static_cast<std::int64_t>(value);
  if (saturate) {
    integer = std::clamp<std::int64_t>(integer, std::numeric_limits<std::int32_t>::min(),
                                       std::numeric_limits<std::int32_t>::max());
  }
  return static_cast<std::uint32_t>(integer);
}

float to_float(double value) {
  return std::isnan(value) ? std::bit_cast<float>(0x7fffffffU) : static_cast<float>(value);
}

// Two doubles, which every processor of the architecture can multiply at once (GCC and Clang).
using Pair = double __attribute__((vector_size(16)));
constexpr unsigned kPairs = kLines / 2;

// Two neighbouring lines of a tile of D, as sums: those of a tile of A, [2][kWidth], times a tile
// of B, [kWidth][8]. Spelled out in pairs because compilers do not find this form themselves.
template <unsigned kWidth>
void multiply_lines(const double* __restrict a, const double* __restrict b, Pair* sums) {
  Pair first[kPairs];
  Pair second[kPairs];
  std::copy_n(sums, kPairs, first);
  std::copy_n(sums + kPairs, kPairs, second);
  for (unsigned k = 0; k < kWidth; ++k) {
    const Pair x = {a[k], a[k]};
    const Pair y = {a[kWidth + k], a[kWidth + k]};
    for (unsigned j = 0; j < kPairs; ++j) {
      const Pair z = *reinterpret_cast<const Pair*>(b + k * kLines + 2 * j);
      first[j] += x * z;
      second[j] += y * z;
    }
  }
  std::copy_n(first, kPairs, sums);
  std::copy_n(second, kPairs, sums + kPairs);
}

// The three operands as tiles, numbered as Tiling says.
struct Tiles {
  alignas(64) double a[kMostElements];  // [tile][8][width]
  alignas(64) double b[kMostElements];  // [tile][width][8]
  alignas(64) double c[kMostElements];  // [tile][8][8]; D after multiply()
};

// A tile of D. a, b: the first tiles of A and B in its line and column; further ones follow at
// a_step and b_step.
template <unsigned kWidth>
void multiply_tile(const double* a, std::size_t a_step, const double* b, std::size_t b_step,
                   unsigned k_tiles, double* d) {
  for (unsigned line = 0; line < kLines; line += 2, d += 2 * kLines) {
    Pair sums[2 * kPairs] = {};
    for (unsigned k = 0; k < k_tiles; ++k) {
      multiply_lines<kWidth>(a + k * a_step + line * kWidth, b + k * b_step, sums);
    }
    for (unsigned j = 0; j < 2 * kLines; ++j) d[j] += sums[j / 2][j % 2];
  }
}

void multiply_tile_fused(const double* a, std::size_t a_step, const double* b, std::size_t b_step,
                         unsigned k_tiles, double* d) {
  constexpr unsigned kWidth = 4;
  for (unsigned i = 0; i < kLines * kLines; ++i) {
    for (unsigned k = 0; k < k_tiles * kWidth; ++k) {
      const double x = a[k / kWidth * a_step + i / kLines * kWidth + k % kWidth];
      const double y = b[k / kWidth * b_step + k % kWidth * kLines + i % kLines];
      d[i] = std::fma(x, y, d[i]);
    }
  }
}

void multiply(const Tiling& tiling, bool fused, Tiles& tiles) {
  const unsigned tile_size = kLines * tiling.width;
  const std::size_t a_step = tiling.tiles_per_block * tile_size;
  double* d = tiles.c;
  for (unsigned block = 0; block < tiling.blocks; ++block) {
    for (unsigned n = 0; n < tiling.n_tiles; ++n) {
      const double* b = tiles.b + n * tiling.k_tiles * tile_size;
      for (unsigned tile = 0; tile < tiling.tiles_per_block; ++tile, d += kLines * kLines) {
        const double* a = tiles.a + block * tiling.k_tiles * a_step + tile * tile_size;
        if (fused) {
          multiply_tile_fused(a, a_step, b, tile_size, tiling.k_tiles, d);
        } else if (tiling.width == 4) {
          multiply_tile<4>(a, a_step, b, tile_size, tiling.k_tiles, d);
        } else if (tiling.width == 8) {
          multiply_tile<8>(a, a_step, b, tile_size, tiling.k_tiles, d);
        } else {
          multiply_tile<16>(a, a_step, b, tile_size, tiling.k_tiles, d);
        }
      }
    }
  }
}

const void* lanes_of(const Warp& warp, LaneRef where) {
  return warp.read<std::byte>(where);
}

void read_a(const Warp& warp, const LaneRef* registers, Element element, unsigned count,
            unsigned width, double* tiles) {
  for (unsigned reg = 0; reg < count; ++reg) {
    to_double(element, lanes_of(warp, registers[reg]), kLines * width,
              tiles + reg * kLines * width);
  }
}

void read_b(const Warp& warp, const LaneRef* registers, Element element, unsigned count,
            unsigned width, double* tiles) {
  double columns[kLines * 16];  // [8][width]
  for (unsigned reg = 0; reg < count; ++reg) {
    to_double(element, lanes_of(warp, registers[reg]), kLines * width, columns);
    double* tile = tiles + reg * kLines * width;
    for (unsigned k = 0; k < width; ++k) {
      for (unsigned j = 0; j < kLines; ++j) tile[k * kLines + j] = columns[j * width + k];
    }
  }
}

void read_c(const Warp& warp, const LaneRef* registers, Element element, unsigned count,
            double* tiles) {
  for (unsigned tile = 0; tile < count; ++tile, tiles += kLines * kLines) {
    if (elements_per_register(element) == 2) {
      to_double(element, lanes_of(warp, registers[tile]), kLines * kLines, tiles);
      continue;
    }
    for (unsigned half = 0; half < 2; ++half) {
      double lanes[kLanes];
      to_double(element, lanes_of(warp, registers[2 * tile + half]), kLanes, lanes);
      for (unsigned lane = 0; lane < kLanes; ++lane) tiles[2 * lane + half] = lanes[lane];
    }
  }
}

void write_element(Element element, double value, bool saturate, void* row, unsigned i) {
  switch (element) {
    case Element::kF16:
      static_cast<std::uint16_t*>(row)[i] =
          static_cast<std::uint16_t>(encode(kF16, value, Rounding::kNearestEven));
      return;
    case Element::kF32:
      static_cast<float*>(row)[i] = to_float(value);
      return;
    case Element::kF64:
      static_cast<double*>(row)[i] = value;
      return;
    default:
      static_cast<std::uint32_t*>(row)[i] = to_int32(value, saturate);
  }
}

// Lanes whose element in a register of D is NaN or infinite.
struct NonFinite {
  std::uint32_t nan = 0;
  std::uint32_t infinite = 0;
};

void note(NonFinite* found, double rounded, unsigned lane) {
  if (std::isnan(rounded)) found->nan |= 1U << lane;
  if (std::isinf(rounded)) found->infinite |= 1U << lane;
}

void count_register(Warp& warp, const Step& step, LaneRef where, Element element) {
  double values[kLines * kLines];
  const unsigned each = elements_per_register(element);
  to_double(element, lanes_of(warp, where), kLanes * each, values);
  NonFinite found;
  for (unsigned i = 0; i < kLanes * each; ++i) note(&found, values[i], i / each);
  if ((found.nan | found.infinite) != 0) {
    count_non_finite(warp, step, found.nan, found.infinite);
  }
}

// count: tiles of D.
void write_d(Warp& warp, const Step& step, const ProductForm& form, unsigned count,
             const double* tiles) {
  const unsigned per_tile = 2 / elements_per_register(form.d);
  const unsigned each = 2 / per_tile;
  for (unsigned reg = 0; reg < count * per_tile; ++reg) {
    const double* tile = tiles + reg / per_tile * kLines * kLines;
    std::byte* row = warp.write<std::byte>(step.operands[reg]);
    if (form.d == Element::kF32) {
      float* out = reinterpret_cast<float*>(row);
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        out[lane] = to_float(tile[2 * lane + reg % per_tile]);
      }
    } else {
      for (unsigned i = 0; i < kLanes * each; ++i) {
        write_element(form.d, tile[each == 2 ? i : 2 * i + reg % per_tile], form.saturate, row, i);
      }
    }
    if (warp.watch_non_finite && form.d != Element::kInt32) {
      count_register(warp, step, step.operands[reg], form.d);
    }
  }
}

}  // namespace

void check_whole_warp(Warp& warp, const Step& step) {
  if (warp.active == kAllLanes) return;
  const std::string message = step.source->opcode + " executed by " +
                              std::to_string(std::popcount(warp.active)) +
                              " lanes of the warp; all 32 must take part";
  report(warp, step, warp.active, Fault::kInactiveLane, message);
  throw KernelFault(Fault::kInactiveLane, message);
}

void execute_product(Warp& warp, const Step& step) {
  check_whole_warp(warp, step);
  const auto& form = *static_cast<const ProductForm*>(step.detail);
  const Tiling tiling(form.shape, form.a);
  const LaneRef* a = step.operands + form.d_registers;
  const LaneRef* b = a + form.a_registers;
  const LaneRef* c = b + form.b_registers;
  const unsigned c_tiles = tiling.blocks * tiling.tiles_per_block * tiling.n_tiles;
  Tiles tiles;
  read_a(warp, a, form.a, tiling.blocks * tiling.tiles_per_block * tiling.k_tiles, tiling.width,
         tiles.a);
  read_b(warp, b, form.b, tiling.n_tiles * tiling.k_tiles, tiling.width, tiles.b);
  read_c(warp, c, form.c, c_tiles, tiles.c);
  multiply(tiling, form.d == Element::kF64, tiles);
  write_d(warp, step, form, c_tiles, tiles.c);
}

}  // namespace cuda_sim
