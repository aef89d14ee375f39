// mov: registers, literals, special registers, addresses, packing and unpacking.
#include "tests/cuda_sim/tests/opcodes/lane_check.h"
#include "tests/cuda_sim/tests/support/run_ptx.h"

namespace cuda_sim::test {

TEST_CASE("mov copies registers of every kind") {
  check_lanes<std::uint16_t>({"mov.u16"}, edge_inputs<std::uint16_t>(), [](auto a) { return a; });
  check_lanes<std::uint32_t>({"mov.b32"}, edge_inputs<std::uint32_t>(), [](auto a) { return a; });
  check_lanes<std::int64_t>({"mov.s64"}, edge_inputs<std::int64_t>(), [](auto a) { return a; });
  check_lanes<float>({"mov.f32"}, edge_inputs<float>(), [](auto a) { return a; });
  check_lanes<double>({"mov.f64"}, edge_inputs<double>(), [](auto a) { return a; });
  check_lanes<bool>({"mov.pred"}, combine(std::vector<bool>{false, true}),
                    [](bool a) { return a; });
  check_lanes<bool>({"mov.pred %d, -1"}, edge_inputs<float>(), [](float) { return true; });
}

TEST_CASE("mov takes literals in every notation") {
  const auto one = edge_inputs<std::uint32_t>();
  const auto check = [&](const std::string& literal, std::uint32_t bits) {
    check_lanes<std::uint32_t>({"mov.b32 %d, " + literal}, one,
                               [=](std::uint32_t) { return bits; });
  };
  check("4294967295", 0xffffffffU);
  check("-5", 0xfffffffbU);
  check("0x1fU", 31);
  check("0b1011", 11);
  check("017", 15);
  check("0f40490FDB", 0x40490fdbU);
  check("0fFFC00001", 0xffc00001U);
  check_lanes<double>({"mov.f64 %d, 0d400921FB54442D18"}, one,
                      [](std::uint32_t) { return 3.141592653589793; });
  check_lanes<float>({"mov.f32 %d, 1.5e1"}, one, [](std::uint32_t) { return 15.0F; });
}

TEST_CASE("mov packs and unpacks, lowest bits first") {
  using U16 = std::uint16_t;
  using U32 = std::uint32_t;
  using U64 = std::uint64_t;
  check_lanes<U32>({"mov.b32 %d, {%a, %b}"}, edge_inputs<U16, U16>(),
                   [](U16 a, U16 b) { return U32{b} << 16 | a; });
  check_lanes<U64>({"mov.b64 %d, {%a, %b}"}, edge_inputs<U32, U32>(),
                   [](U32 a, U32 b) { return U64{b} << 32 | a; });
  check_lanes<U64>(
      {"mov.b64 %d, {%a, %b, %c, %e}"}, edge_inputs<U16, U16, U16, U16>(),
      [](U16 a, U16 b, U16 c, U16 e) { return U64{e} << 48 | U64{c} << 32 | U64{b} << 16 | a; });
  const std::string scratch = " .reg .b16 %h<4>;\n .reg .b32 %w<2>;\n";
  check_lanes<U16>({"mov.b32 {%d, %h0}, %a", 80, scratch}, edge_inputs<U32>(),
                   [](U32 a) { return static_cast<U16>(a); });
  check_lanes<U16>({"mov.b32 {%h0, %d}, %a", 80, scratch}, edge_inputs<U32>(),
                   [](U32 a) { return static_cast<U16>(a >> 16); });
  check_lanes<U32>({"mov.b64 {_, %d}, %a", 80, scratch}, edge_inputs<U64>(),
                   [](U64 a) { return static_cast<U32>(a >> 32); });
  check_lanes<U16>({"mov.b64 {%h0, %h1, %d, %h3}, %a", 80, scratch}, edge_inputs<U64>(),
                   [](U64 a) { return static_cast<U16>(a >> 32); });
  // A part may be the register that is taken apart.
  check_lanes<U32>({"mov.b64 {%w0, %d}, %x", 80,
                    scratch + " .reg .b64 %x;\n cvt.u64.u32 %x, %a;\n shl.b64 %x, %x, 32;\n"},
                   edge_inputs<U32>(), [](U32 a) { return a; });
}

TEST_CASE("mov reads special registers and addresses of variables") {
  PtxRunner runner(R"(
.global .align 4 .u32 table[4] = {5, 6, 7, 8};
.visible .entry kernel(.param .u64 out)
{
  .shared .align 8 .b8 first[24];
  .shared .align 16 .b8 second[16];
  .reg .b32 %r<8>;
  .reg .b64 %d<6>;
  mov.u32 %r0, %tid.x;
  mov.u32 %r1, %ctaid.y;
  mov.u32 %r2, %ntid.x;
  mov.u32 %r3, %laneid;
  mov.u32 %r4, second;
  mov.u64 %d0, table;
  mov.u64 %d1, first+8;
  ld.param.u64 %d2, [out];
  mad.lo.u32 %r5, %r1, %r2, %r0;
  mad.wide.u32 %d2, %r5, 32, %d2;
  st.global.v4.u32 [%d2], {%r0, %r1, %r2, %r3};
  cvt.u32.u64 %r6, %d1;
  ld.global.u32 %r7, [%d0+8];
  st.global.v4.u32 [%d2+16], {%r4, %r6, %r7, WARP_SZ};
  ret;
})");
  const std::uint64_t out = runner.buffer(32 * 2 * 40);
  runner.argument(out).run("kernel", {1, 2, 1}, {40, 1, 1});
  CHECK(runner.reports().empty());
  const auto words = runner.read<std::uint32_t>(out, 8 * 80);
  for (std::uint32_t i = 0; i < 80; ++i) {
    const std::uint32_t thread = i % 40;
    const std::vector<std::uint32_t> expected = {thread, i / 40, 40, thread % 32, 32, 8, 7, 32};
    CHECK(std::vector<std::uint32_t>(words.begin() + 8 * i, words.begin() + 8 * i + 8) == expected);
  }
}

}  // namespace cuda_sim::test
