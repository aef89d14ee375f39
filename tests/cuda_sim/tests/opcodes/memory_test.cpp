// ld, st and prefetch in all spaces, widths and vectors.
#include "tests/cuda_sim/tests/opcodes/lane_check.h"
#include "tests/cuda_sim/tests/support/run_ptx.h"

namespace cuda_sim::test {
namespace {

// Copies 16 bytes per lane from `in` to `out` through the instructions of the body, which sees both
// addresses of the lane in %in and %out.
void check_copy(const std::string& body, std::uint32_t bytes = 16) {
  const std::string text = R"(
.visible .entry kernel(.param .u64 in, .param .u64 out)
{
  .local .align 16 .b8 mine[32];
  .shared .align 16 .b8 shared_bytes[1024];
  .reg .b32 %r<8>, %tid, %at;
  .reg .b16 %h<8>;
  .reg .b64 %d<8>, %in, %out, %generic;
  .reg .f32 %f<8>;
  .reg .f64 %e<8>;
  mov.u32 %tid, %tid.x;
  ld.param.u64 %in, [in];
  ld.param.u64 %out, [out];
  mad.wide.u32 %in, %tid, 16, %in;
  mad.wide.u32 %out, %tid, 16, %out;
  mov.u32 %at, shared_bytes;
  mad.lo.u32 %at, %tid, 16, %at;
  cvt.u64.u32 %generic, %at;
  cvta.shared.u64 %generic, %generic;
)" + body + "\n  ret;\n}\n";
  INFO(body);
  PtxRunner runner(text);
  std::vector<std::uint8_t> values(512);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::uint8_t>(i * 37 + 11);
  const std::uint64_t in = runner.buffer(values);
  const std::uint64_t out = runner.buffer(std::vector<std::uint8_t>(512, 0xee));
  runner.argument(in).argument(out).run("kernel");
  for (const Report& report : runner.reports()) FAIL(to_string(report));
  const auto got = runner.read<std::uint8_t>(out, 512);
  for (std::size_t i = 0; i < 512; ++i) {
    const bool copied = i % 16 < bytes;
    if (got[i] != (copied ? values[i] : 0xee)) FAIL("byte " << i << " is " << int{got[i]});
  }
  SUCCEED();
}

// One value per lane through ld of `type` into a register of `bits`, stored whole.
template <class R, class T>
void check_load(const std::string& type, T (*value)(unsigned), R (*expected)(T)) {
  const std::string bits = std::to_string(8 * sizeof(R));
  PtxRunner runner(".visible .entry kernel(.param .u64 in, .param .u64 out)\n{\n .reg .b" + bits +
                   " %v;\n .reg .b64 %in, %out;\n .reg .b32 %t;\n mov.u32 %t, %tid.x;\n"
                   " ld.param.u64 %in, [in];\n ld.param.u64 %out, [out];\n mad.wide.u32 %in, %t, " +
                   std::to_string(sizeof(T)) + ", %in;\n mad.wide.u32 %out, %t, " +
                   std::to_string(sizeof(R)) + ", %out;\n ld.global." + type +
                   " %v, [%in];\n st.global.b" + bits + " [%out], %v;\n ret;\n}\n");
  std::vector<T> values;
  for (unsigned i = 0; i < 32; ++i) values.push_back(value(i));
  const std::uint64_t in = runner.buffer(values);
  const std::uint64_t out = runner.buffer(32 * sizeof(R));
  runner.argument(in).argument(out).run("kernel");
  const auto got = runner.read<R>(out, 32);
  for (unsigned i = 0; i < 32; ++i) CHECK(got[i] == expected(values[i]));
}

}  // namespace

TEST_CASE("vectors of every width are loaded and stored") {
  check_copy(
      "ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%in]; st.global.v4.u32 [%out], {%r0, %r1, %r2, "
      "%r3};");
  check_copy(
      "ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%in]; st.global.v4.f32 [%out], {%f0, %f1, %f2, "
      "%f3};");
  check_copy("ld.global.v2.b64 {%d0, %d1}, [%in]; st.global.v2.b64 [%out], {%d0, %d1};");
  check_copy("ld.global.v2.f64 {%e0, %e1}, [%in]; st.global.v2.f64 [%out], {%e0, %e1};");
  check_copy(
      "ld.global.v4.b16 {%h0, %h1, %h2, %h3}, [%in]; st.global.v4.b16 [%out], {%h0, %h1, %h2, "
      "%h3};",
      8);
  check_copy(
      "ld.global.v2.u16 {%h0, %h1}, [%in+4]; st.global.v2.u16 [%out+4], {%h0, %h1};"
      "ld.global.u32 %r0, [%in]; st.global.u32 [%out], %r0;",
      8);
  check_copy(
      "ld.global.v4.u8 {%h0, %h1, %h2, %h3}, [%in]; st.global.v4.u8 [%out], {%h0, %h1, %h2, %h3};",
      4);
  check_copy("ld.global.v2.u8 {%h0, %r1}, [%in]; st.global.v2.u8 [%out], {%h0, %r1};", 2);
  check_copy(
      "ld.global.s8 %r0, [%in]; st.global.u8 [%out], %r0; ld.global.u8 %d0, [%in+1]; st.global.s8 "
      "[%out+1], %d0;",
      2);
  check_copy("ld.global.u64 %d0, [%in+0]; add.s64 %d1, %out, 16; st.global.u64 [%d1+-16], %d0;", 8);
}

TEST_CASE("cache hints, orders and scopes change no value") {
  for (const char* hints : {"", ".ca", ".cg", ".cs", ".lu", ".cv", ".nc", ".nc.L1::no_allocate",
                            ".nc.L1::evict_last.L2::128B", ".L1::evict_first", ".L2::256B"}) {
    const bool global_only = std::string(hints).find("nc") != std::string::npos;
    check_copy(std::string("ld.global") + hints + ".u32 %r0, [%in]; st.global.u32 [%out], %r0;", 4);
    if (!global_only)
      check_copy(std::string("ld") + hints + ".u32 %r0, [%in]; st.global.u32 [%out], %r0;", 4);
  }
  for (const char* order : {".volatile.global", ".relaxed.gpu.global", ".acquire.sys.global",
                            ".relaxed.cta.global", ".weak.global", ".mmio.relaxed.sys.global"}) {
    check_copy(std::string("ld") + order + ".u32 %r0, [%in]; st.global.u32 [%out], %r0;", 4);
  }
  for (const char* order :
       {".volatile.global", ".relaxed.gpu.global", ".release.gpu.global", ".global.wb",
        ".global.cg", ".global.cs", ".global.wt", ".global.L1::no_allocate", ""}) {
    check_copy(std::string("ld.global.u32 %r0, [%in]; st") + order + ".u32 [%out], %r0;", 4);
  }
  check_copy(
      "prefetch.global.L1 [%in]; prefetch.global.L2 [%in+64]; prefetchu.L1 [%in];"
      "prefetch.L2 [%in]; ld.global.u32 %r0, [%in]; st.global.u32 [%out], %r0;",
      4);
}

TEST_CASE("shared and local memory hold values, by their own and by generic addresses") {
  const std::string in = "ld.global.v2.u32 {%r0, %r1}, [%in]; ";
  const std::string out = " st.global.v2.u32 [%out], {%r2, %r3};";
  check_copy(in + "st.shared.v2.u32 [%at], {%r0, %r1}; ld.shared.v2.u32 {%r2, %r3}, [%at];" + out,
             8);
  check_copy(in + "st.shared.v2.u32 [%at], {%r0, %r1}; ld.v2.u32 {%r2, %r3}, [%generic];" + out, 8);
  check_copy(
      in + "st.v2.u32 [%generic], {%r0, %r1}; ld.shared::cta.v2.u32 {%r2, %r3}, [%at];" + out, 8);
  check_copy(
      in + "st.local.v2.u32 [mine+8], {%r0, %r1}; ld.local.v2.u32 {%r2, %r3}, [mine+8];" + out, 8);
  check_copy(in +
                 "mov.u64 %d0, mine; st.local.v2.u32 [%d0+16], {%r0, %r1}; cvta.local.u64 %d1, %d0;"
                 "ld.u32 %r2, [%d1+16]; ld.u32 %r3, [%d1+20];" +
                 out,
             8);
}

TEST_CASE("loads extend to the register by the sign of their type") {
  using I = std::int32_t;
  check_load<I, std::int8_t>(
      "s8", [](unsigned i) { return static_cast<std::int8_t>(i * 9 - 128); },
      [](std::int8_t a) { return I{a}; });
  check_load<I, std::uint8_t>(
      "u8", [](unsigned i) { return static_cast<std::uint8_t>(i * 9); },
      [](std::uint8_t a) { return I{a}; });
  check_load<std::int64_t, std::int16_t>(
      "s16", [](unsigned i) { return static_cast<std::int16_t>(i * 2101 - 32768); },
      [](std::int16_t a) { return std::int64_t{a}; });
  check_load<std::uint64_t, std::uint32_t>(
      "b32", [](unsigned i) { return 0xffffff00U + i; },
      [](std::uint32_t a) { return std::uint64_t{a}; });
  check_load<std::int64_t, I>(
      "s32", [](unsigned i) { return static_cast<I>(i) - 16; },
      [](I a) { return std::int64_t{a}; });
  check_load<std::int16_t, std::int8_t>(
      "s8", [](unsigned i) { return static_cast<std::int8_t>(i - 16); },
      [](std::int8_t a) { return std::int16_t{a}; });
}

TEST_CASE("inactive lanes neither load nor store") {
  PtxRunner runner(R"(
.visible .entry kernel(.param .u64 out)
{
  .reg .b64 %d<2>;
  .reg .b32 %r<2>;
  .reg .pred %p;
  mov.u32 %r0, %tid.x;
  setp.lt.u32 %p, %r0, 5;
  ld.param.u64 %d0, [out];
  mad.wide.u32 %d1, %r0, 4, %d0;
  @!%p mov.u64 %d1, 0;
  mov.u32 %r1, 77;
  @%p ld.global.u32 %r1, [%d1];
  @%p st.global.u32 [%d1], %r0;
  mad.wide.u32 %d0, %r0, 4, %d0;
  st.global.u32 [%d0+128], %r1;
  ret;
})");
  const std::uint64_t out = runner.buffer(std::vector<std::uint32_t>(64, 1000));
  runner.argument(out).run("kernel");
  CHECK(runner.reports().empty());
  const auto words = runner.read<std::uint32_t>(out, 64);
  for (std::uint32_t i = 0; i < 32; ++i) {
    CHECK(words[i] == (i < 5 ? i : 1000U));
    CHECK(words[32 + i] == (i < 5 ? 1000U : 77U));
  }
}

TEST_CASE("parameters lie at their own alignment, arrays of bytes too") {
  PtxRunner runner(R"(
.const .align 4 .f32 weights[3] = {0f3F800000, 0f40000000, 0f40400000};
.visible .entry kernel(.param .u8 small, .param .u64 .ptr .global .align 8 out,
                       .param .align 8 .b8 both[16], .param .f32 last)
{
  .reg .b64 %d<3>;
  .reg .b32 %r<2>;
  .reg .f32 %f<2>;
  ld.param.u8 %r0, [small];
  ld.param.u64 %d0, [out];
  ld.param.u32 %r1, [both+12];
  ld.param.f32 %f0, [last];
  ld.const.f32 %f1, [weights+8];
  st.global.u32 [%d0], %r0;
  st.global.u32 [%d0+4], %r1;
  st.global.f32 [%d0+8], %f0;
  st.global.f32 [%d0+12], %f1;
  mov.b64 %d1, both;
  ld.param.u32 %r1, [%d1+8];
  st.global.u32 [%d0+16], %r1;
  ret;
})");
  const std::uint64_t out = runner.buffer(20);
  runner.argument<std::uint8_t>(200).argument(out);
  runner.argument<std::uint64_t>(1).argument<std::uint32_t>(41).argument<std::uint32_t>(42);
  runner.argument(2.5F).run("kernel", 1);
  CHECK(runner.reports().empty());
  CHECK(runner.read<std::uint32_t>(out, 2) == std::vector<std::uint32_t>{200, 42});
  CHECK(runner.read<float>(out + 8, 2) == std::vector<float>{2.5F, 3.0F});
  CHECK(runner.read<std::uint32_t>(out + 16, 1) == std::vector<std::uint32_t>{41});
}

TEST_CASE("dynamic shared memory starts behind the static variables") {
  PtxRunner runner(R"(
.extern .shared .align 32 .b8 dynamic[];
.visible .entry kernel(.param .u64 out)
{
  .shared .align 1 .b8 fixed[33];
  .reg .b32 %r<3>;
  .reg .b64 %d;
  mov.u32 %r0, dynamic;
  st.shared.u32 [dynamic+4], %r0;
  ld.shared.u32 %r1, [%r0+4];
  st.shared.u8 [fixed+32], %r1;
  ld.param.u64 %d, [out];
  st.global.u32 [%d], %r1;
  ret;
})");
  const std::uint64_t out = runner.buffer(4);
  runner.argument(out).run("kernel", {1, 1, 1}, {1, 1, 1}, 8);
  CHECK(runner.reports().empty());
  CHECK(runner.read<std::uint32_t>(out, 1).front() == 64);
}

}  // namespace cuda_sim::test
