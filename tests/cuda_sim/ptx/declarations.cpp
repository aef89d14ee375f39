#include "tests/cuda_sim/ptx/declarations.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

namespace cuda_sim::ptx {
namespace {

// One scalar of an initialiser, in the bytes of the variable's type.
void parse_scalar(TokenStream& tokens, std::uint32_t bytes, bool is_float, std::byte* out) {
  const bool negative = tokens.accept("-");
  const Token token = tokens.peek();
  std::uint64_t bits = token.bits;
  if (is_float) {
    double value = 0;
    if (token.kind == Token::Kind::kFloat) {
      value = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    } else if (token.kind == Token::Kind::kDouble) {
      value = std::bit_cast<double>(bits);
    } else {
      tokens.fail("a floating-point literal");
    }
    if (negative) value = -value;
    bits = bytes == 4 ? std::bit_cast<std::uint32_t>(static_cast<float>(value))
                      : std::bit_cast<std::uint64_t>(value);
    // Keeps the payload of a NaN, which a conversion would not.
    if (bytes == 4 && token.kind == Token::Kind::kFloat && !negative) bits = token.bits;
  } else {
    if (token.kind != Token::Kind::kInteger) {
      tokens.fail("an integer literal (initialisers with addresses are not supported)");
    }
    if (negative) bits = 0 - bits;
  }
  tokens.take();
  std::memcpy(out, &bits, bytes);
}

struct ElementType {
  std::uint32_t bytes = 0;
  bool is_float = false;
};

// {a, b} or, for several dimensions, {{a, b}, {c}}; what is not given is zero.
void parse_initialiser(TokenStream& tokens, ElementType type,
                       const std::vector<std::uint64_t>& dimensions, std::size_t depth,
                       std::byte* out, std::uint64_t bytes) {
  if (depth == dimensions.size()) {
    parse_scalar(tokens, type.bytes, type.is_float, out);
    return;
  }
  const std::uint64_t stride = bytes / dimensions[depth];
  tokens.expect("{");
  std::uint64_t i = 0;
  while (!tokens.at("}")) {
    if (i == dimensions[depth]) tokens.fail("'}' (more initialisers than elements)");
    parse_initialiser(tokens, type, dimensions, depth + 1, out + i * stride, stride);
    ++i;
    if (!tokens.accept(",")) break;
  }
  tokens.expect("}");
}

}  // namespace

std::uint32_t type_bits(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::uint32_t>, 20> kTypes = {{
      {".pred", 1}, {".b8", 8},   {".u8", 8},   {".s8", 8},    {".b16", 16},
      {".u16", 16}, {".s16", 16}, {".f16", 16}, {".bf16", 16}, {".b32", 32},
      {".u32", 32}, {".s32", 32}, {".f32", 32}, {".tf32", 32}, {".f16x2", 32},
      {".b64", 64}, {".u64", 64}, {".s64", 64}, {".f64", 64},  {".bf16x2", 32},
  }};
  for (const auto& [name, bits] : kTypes) {
    if (name == type) return bits;
  }
  return 0;
}

bool parse_space(std::string_view word, Space* space) {
  if (word == ".global")
    *space = Space::kGlobal;
  else if (word == ".shared")
    *space = Space::kShared;
  else if (word == ".local")
    *space = Space::kLocal;
  else if (word == ".const")
    *space = Space::kConst;
  else if (word == ".param")
    *space = Space::kParam;
  else
    return false;
  return true;
}

Variable parse_variable(TokenStream& tokens, Space space, bool is_extern) {
  Variable variable;
  variable.space = space;
  variable.is_extern = is_extern;
  std::uint32_t vector = 1;
  ElementType type;
  bool pointer = false;
  std::uint32_t align = 0;
  while (type.bytes == 0 || tokens.at(".ptr") || pointer) {
    if (tokens.accept(".align")) {
      const std::int64_t wanted = tokens.integer("an alignment");
      if (wanted < 1 || wanted > 1 << 20 || (wanted & (wanted - 1)) != 0) {
        TokenStream::fail_at(tokens.peek().line, "alignment " + std::to_string(wanted) +
                                                     " is not a power of two up to 2^20");
      }
      if (!pointer) align = static_cast<std::uint32_t>(wanted);
    } else if (tokens.accept(".v2")) {
      vector = 2;
    } else if (tokens.accept(".v4")) {
      vector = 4;
    } else if (tokens.accept(".ptr")) {
      pointer = true;  // what follows describes the memory pointed to
    } else if (Space pointee{}; pointer && parse_space(tokens.peek().text, &pointee)) {
      tokens.take();
    } else if (type.bytes == 0) {
      const std::uint32_t bits = type_bits(tokens.peek().text);
      if (bits < 8) tokens.fail("a type such as .b8 or .f32");
      type.bytes = bits / 8;
      type.is_float = tokens.peek().text == ".f32" || tokens.peek().text == ".f64";
      tokens.take();
    } else {
      break;
    }
  }
  variable.align = align != 0 ? align : type.bytes * vector;
  variable.name = tokens.word("a variable name");
  std::vector<std::uint64_t> dimensions;
  std::uint64_t bytes = type.bytes * vector;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
  bool open = false;
  while (tokens.accept("[")) {
    if (!tokens.at("]")) {
      const std::int64_t count = tokens.integer("an array size");
      if (count < 0 || (count > 0 && bytes > kMost / static_cast<std::uint64_t>(count))) {
        tokens.fail("an array of less than 2^40 bytes before this");
      }
      dimensions.push_back(static_cast<std::uint64_t>(count));
      bytes *= static_cast<std::uint64_t>(count);
    } else {
      open = true;
      if (!dimensions.empty()) tokens.fail("an array size");
    }
    tokens.expect("]");
  }
  if (vector > 1) dimensions.push_back(vector);
  variable.bytes = open ? 0 : bytes;
  if (tokens.accept("=")) {
    if (open || bytes == 0) tokens.fail("an array with a size before its initialiser");
    variable.initial.resize(bytes);
    parse_initialiser(tokens, type, dimensions, 0, variable.initial.data(), bytes);
  }
  return variable;
}

void parse_registers(TokenStream& tokens, std::vector<Register>* registers) {
  const std::uint32_t bits = type_bits(tokens.peek().text);
  if (bits == 0) tokens.fail("a register type such as .b32 or .pred");
  tokens.take();
  do {
    const std::string name(tokens.word("a register name"));
    if (!tokens.accept("<")) {
      registers->push_back(Register{name, bits, false});
      continue;
    }
    const std::int64_t count = tokens.integer("a number of registers");
    if (count < 0 || count > 1'000'000) tokens.fail("at most 1,000,000 registers before this");
    tokens.expect(">");
    for (std::int64_t i = 0; i < count; ++i) {
      registers->push_back(Register{name + std::to_string(i), bits, false});
    }
  } while (tokens.accept(","));
  tokens.expect(";");
}

bool special_register(std::string_view name, std::uint32_t* bits) {
  constexpr std::array<std::string_view, 26> k32 = {"%tid.x",          "%tid.y",
                                                    "%tid.z",          "%ntid.x",
                                                    "%ntid.y",         "%ntid.z",
                                                    "%ctaid.x",        "%ctaid.y",
                                                    "%ctaid.z",        "%nctaid.x",
                                                    "%nctaid.y",       "%nctaid.z",
                                                    "%laneid",         "%warpid",
                                                    "%nwarpid",        "%smid",
                                                    "%nsmid",          "%lanemask_eq",
                                                    "%lanemask_le",    "%lanemask_lt",
                                                    "%lanemask_ge",    "%lanemask_gt",
                                                    "%clock",          "%clock_hi",
                                                    "%globaltimer_lo", "%dynamic_smem_size"};
  constexpr std::array<std::string_view, 3> k64 = {"%gridid", "%clock64", "%globaltimer"};
  if (std::find(k32.begin(), k32.end(), name) != k32.end() || name == "%total_smem_size") {
    *bits = 32;
    return true;
  }
  if (std::find(k64.begin(), k64.end(), name) != k64.end()) {
    *bits = 64;
    return true;
  }
  return false;
}

}  // namespace cuda_sim::ptx
