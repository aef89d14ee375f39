// Nothing is guessed: what is not known is an error that names it. And nothing is known that no
// test names.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/lane_check.h"
#include "tests/cuda_sim/tests/support/run_ptx.h"

namespace cuda_sim::test {
namespace {

std::string refusal(const std::string& instruction, std::uint32_t sm = 80) {
  PtxRunner runner(
      ".file 1 \"src/kernel.cu\"\n.visible .entry _Z6kernelPf(.param .u64 p)\n{\n"
      " .shared .align 4 .b8 array[4];\n"
      " .reg .b16 %h<4>;\n .reg .b32 %r<4>;\n .reg .b64 %d<4>;\n .reg .pred %p<4>;\n"
      " .reg .f32 %f<4>;\n .loc 1 77 3\n " +
          instruction + ";\nDONE:\n ret;\n}\n",
      sm);
  try {
    runner.run("_Z6kernelPf");
  } catch (const UnknownOpcode& error) {
    return error.what();
  }
  return "(accepted)";
}

// Opcodes with the names of their family's tests: "add." or "add " somewhere in a test.
bool is_named(const std::string& text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const auto is_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    };
    const bool starts = at == 0 || !is_word(text[at - 1]);
    const char next = at + name.size() < text.size() ? text[at + name.size()] : ' ';
    if (starts && (next == '.' || next == ' ' || next == ';' || next == '"')) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every opcode that the simulator knows is named by a test of opcodes") {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(CUDA_SIM_OPCODE_TESTS)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("_test.cpp") || name == "coverage_test.cpp") continue;
    std::ifstream file(entry.path());
    std::stringstream content;
    content << file.rdbuf();
    // Only what stands in string literals: names in C++ prove nothing.
    bool quoted = false;
    for (const char c : content.str()) {
      if (c == '"') quoted = !quoted;
      text += quoted || c == '"' ? c : '\n';
    }
  }
  for (const std::span<const Opcode> family : opcode_families()) {
    for (const Opcode& opcode : family) {
      if (opcode.name == "call") continue;  // exists to be refused, below
      INFO("no test names the opcode " << opcode.name);
      CHECK(is_named(text, std::string(opcode.name)));
    }
  }
}

TEST_CASE("an unknown opcode is an error with the instruction, the kernel and the line") {
  using corticast::test::contains;
  CHECK_THAT(refusal("wibble.s32 %r0, %r1"),
             contains("wibble.s32") && contains("kernel.cu:77 in kernel"));
  CHECK_THAT(refusal("tex.2d.v4.f32.s32 {%f0,%f1,%f2,%f3}, [%d0, {%r0,%r1}]"), contains("tex.2d"));
  CHECK_THAT(refusal("call.uni helper, ()"), contains("call.uni") && contains("calls"));
  CHECK_THAT(refusal("st.param.b32 [p], %r0"), contains("st.param.b32") && contains("calls"));
}

TEST_CASE("an unknown modifier, type or operand of a known opcode is an error that names it") {
  using corticast::test::contains;
  const std::pair<const char*, const char*> cases[] = {
      {"add.wibble.s32 %r0, %r1, %r2", "modifier .wibble"},
      {"add.sat.u32 %r0, %r1, %r2", ".sat needs .s32"},
      {"add.b32 %r0, %r1, %r2", "add.b32"},
      {"add.f8 %r0, %r1, %r2", "add.f8"},
      {"add.s32 %r0, %r1, %r2, %r3", "operand 4"},
      {"add.s32 %r0, %r1", "operand 3 is missing"},
      {"add.s32 %r0, %r1, %d0", "64 bits"},
      {"add.s32 %d0, %r1, %r2", "64 bits"},
      {"add.s32 %r0, %r1, %p0", "1 bits"},
      {"add.s32 %r0, %r1, 0f3F800000", "floating-point literal"},
      {"add.f32 %f0, %f1, 1", "integer literal"},
      {"add.s32 5, %r1, %r2", "destination"},
      {"mov.u32 %tid.x, %r1", "destination"},
      {"add.s32 %r0, %r1, nobody", "nobody"},
      {"add.s32 %r0, %r1, {%r2, %r3}", "vector"},
      {"add.s32 %r0, !%r1, %r2", "'!'"},
      {"add.ftz.f64 %d0, %d1, %d2", "modifier .ftz"},
      {"fma.f32 %f0, %f1, %f2, %f3", "rounding"},
      {"div.f32 %f0, %f1, %f2", "rounding"},
      {"sin.rn.f32 %f0, %f1", "sin.rn.f32"},
      {"rcp.approx.ftz.f64 %d0, %d1", "rcp.approx.ftz.f64"},
      {"add.rn.bf16 %h0, %h1, %h2", "sm_90"},
      {"abs.ftz.f16 %h0, %h1", "abs.ftz"},
      {"mul.s32 %r0, %r1, %r2", ".lo, .hi or .wide"},
      {"min.xorsign.abs.f32 %f0, %f1, %f2", "modifier .xorsign"},
      {"shl.s32 %r0, %r1, %r2", "shl.s32"},
      {"setp.lt.b32 %p0, %r1, %r2", "comparison"},
      {"setp.lo.s32 %p0, %r1, %r2", "comparison"},
      {"setp.equ.s32 %p0, %r1, %r2", "comparison"},
      {"setp.eq.f16x2 %p0, %r1, %r2", "p|q"},
      {"lop3.b32 %r0, %r1, %r2, %r3, 256", "table"},
      {"cvt.f32.s32 %f0, %r0", ".rn"},
      {"cvt.s32.f32 %r0, %f0", ".rni"},
      {"cvt.f16.f32 %h0, %f0", "rounding"},
      {"cvt.rn.e4m3x2.f32 %h0, %f0, %f1", "e4m3x2"},
      {"cvt.rn.tf32.f32 %r0, %f0", ".rna below sm_90"},
      {"cvta.param.u64 %d0, %d1", "cvta.param"},
      {"ld.global.b128 %d0, [%d1]", "ld.global.b128"},
      {"ld.global.v8.b32 %r0, [%d1]", "ld.global.v8"},
      {"ld.global.v2.b32 {%r0, %r1, %r2}, [%d1]", "number of elements"},
      {"ld.global.b32 %h0, [%d1]", "16 bits"},
      {"ld.global.L2::cache_hint.b32 %r0, [%d1], %d2", "L2::cache_hint"},
      {"ld.shared.nc.b32 %r0, [%r1]", ".nc"},
      {"ld.acquire.global.b32 %r0, [%d1]", "scope"},
      {"ld.shared.b32 %r0, %r1", "[address]"},
      {"st.const.b32 [%d0], %r0", "constant"},
      {"bra NOWHERE", "label"},
      {"brx.idx %r0, NOWHERE", "NOWHERE"},
      {"bar.sync", "operand 1"},
      {"bar.red.xor.pred %p0, 0, %p1", ".popc, .and or .or"},
      {"mov.b32 %r0, {%h0, %h1, %h2}", "3 parts"},
  };
  for (const auto& [instruction, part] : cases) {
    INFO(instruction);
    const std::string opcode =
        std::string(instruction).substr(0, std::string(instruction).find(' '));
    CHECK_THAT(refusal(instruction), contains(part) && contains(opcode));
  }
}

}  // namespace cuda_sim::test
