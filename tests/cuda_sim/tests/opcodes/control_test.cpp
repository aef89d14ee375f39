// Branches, exits, barriers and trap.
#include "tests/cuda_sim/tests/opcodes/lane_check.h"
#include "tests/cuda_sim/tests/support/run_ptx.h"

namespace cuda_sim::test {
namespace {

constexpr std::uint32_t kUntouched = 4444;

// Runs the body in `threads` threads; it sees its number in %tid and leaves its result in %r0,
// which is stored at the label END.
std::vector<std::uint32_t> results(const std::string& body, std::uint32_t threads = 32) {
  PtxRunner runner(R"(
.visible .entry kernel(.param .u64 out)
{
  .shared .align 4 .b32 words[128];
  .reg .b32 %r<8>, %tid;
  .reg .b64 %d<2>;
  .reg .pred %p<4>;
  mov.u32 %tid, %tid.x;
)" + body + R"(
END:
  ld.param.u64 %d0, [out];
  mad.wide.u32 %d1, %tid, 4, %d0;
  st.global.u32 [%d1], %r0;
  ret;
}
)");
  const std::uint64_t out = runner.buffer(std::vector<std::uint32_t>(threads, kUntouched));
  runner.argument(out).run("kernel", threads);
  for (const Report& report : runner.reports()) FAIL(to_string(report));
  return runner.read<std::uint32_t>(out, threads);
}

template <class F>
void check_results(const std::string& body, F expected, std::uint32_t threads = 32) {
  INFO(body);
  const auto got = results(body, threads);
  for (std::uint32_t i = 0; i < threads; ++i) {
    INFO("thread " << i);
    CHECK(got[i] == expected(i));
  }
}

}  // namespace

TEST_CASE("branches diverge and meet again") {
  // The sum 1 + ... + tid, by a loop of another length in every lane.
  check_results(R"(
  mov.u32 %r0, 0;
  mov.u32 %r1, %tid;
LOOP:
  setp.eq.u32 %p0, %r1, 0;
  @%p0 bra END;
  add.u32 %r0, %r0, %r1;
  sub.u32 %r1, %r1, 1;
  bra.uni LOOP;
)",
                [](std::uint32_t i) { return i * (i + 1) / 2; });
  check_results(R"(
  and.b32 %r1, %tid, 1;
  setp.eq.u32 %p0, %r1, 0;
  @!%p0 bra ODD;
  mov.u32 %r0, 10;
  bra END;
ODD:
  mov.u32 %r0, 11;
)",
                [](std::uint32_t i) { return 10 + i % 2; });
}

TEST_CASE("brx.idx jumps through its table") {
  check_results(R"(
  and.b32 %r1, %tid, 3;
table: .branchtargets ZERO, ONE, ZERO, THREE;
  brx.idx %r1, table;
ZERO:
  mov.u32 %r0, 100;
  bra END;
ONE:
  mov.u32 %r0, 101;
  bra END;
THREE:
  mov.u32 %r0, 103;
)",
                [](std::uint32_t i) {
                  const std::uint32_t index = i % 4;
                  return index == 2 ? 100 : 100 + index;
                });
}

TEST_CASE("exit and ret end their lanes only") {
  for (const std::string how : {"exit", "ret", "ret.uni"}) {
    check_results("  setp.lt.u32 %p0, %tid, 9;\n  mov.u32 %r0, 5;\n  @%p0 " + how + ";\n",
                  [](std::uint32_t i) { return i < 9 ? kUntouched : 5; });
  }
}

TEST_CASE("labels of inner scopes hide outer ones, and may repeat") {
  const std::string block = R"(
  { .reg .pred %p0; .reg .b32 %r1; mov.u32 %r1, %tid; setp.gt.u32 %p0, %r1, 3;
    @%p0 bra SKIP; add.u32 %r0, %r0, 1; SKIP: }
)";
  check_results(
      "  mov.u32 %r0, 0; mov.u32 %r1, 7;\n" + block + block + "  add.u32 %r0, %r0, %r1;\n",
      [](std::uint32_t i) { return 7U + (i > 3 ? 0U : 2U); });
}

TEST_CASE("barriers order shared memory between warps") {
  // Each thread reads what the mirrored thread wrote.
  for (const std::string barrier :
       {"bar.sync 0", "barrier.sync 0", "barrier.sync.aligned 0", "bar.cta.sync 2",
        "barrier.cta.sync.aligned 0, 96", "bar.sync 1, 96"}) {
    check_results(R"(
  mov.u32 %r1, words;
  mad.lo.u32 %r2, %tid, 4, %r1;
  st.shared.u32 [%r2], %tid;
)" + barrier + R"(;
  sub.u32 %r3, 95, %tid;
  mad.lo.u32 %r3, %r3, 4, %r1;
  ld.shared.u32 %r0, [%r3];
)",
                  [](std::uint32_t i) { return 95 - i; }, 96);
  }
}

TEST_CASE("a producing warp arrives, a consuming warp waits") {
  check_results(R"(
  setp.ge.u32 %p0, %tid, 32;
  @%p0 bra CONSUME;
  mad.lo.u32 %r2, %tid, 4, 0;
  add.u32 %r0, %tid, 500;
  st.shared.u32 [%r2], %r0;
  bar.arrive 3, 64;
  bra END;
CONSUME:
  bar.sync 3, 64;
  sub.u32 %r1, %tid, 32;
  mad.lo.u32 %r2, %r1, 4, 0;
  ld.shared.u32 %r0, [%r2];
)",
                [](std::uint32_t i) { return 500 + i % 32; }, 64);
}

TEST_CASE("barriers reduce predicates") {
  const std::string compare = "  setp.lt.u32 %p0, %tid, 37;\n";
  const std::string result = "  selp.u32 %r0, 1, 0, %p1;\n";
  const auto always = [](std::uint32_t value) { return [=](std::uint32_t) { return value; }; };
  check_results(compare + "bar.red.popc.u32 %r0, 0, %p0;", always(37), 64);
  check_results(compare + "bar.red.popc.u32 %r0, 0, !%p0;", always(27), 64);
  check_results(compare + "barrier.cta.red.popc.aligned.u32 %r0, 1, 64, %p0;", always(37), 64);
  check_results(compare + "bar.red.and.pred %p1, 0, %p0;" + result, always(0), 64);
  check_results(compare + "bar.red.or.pred %p1, 0, %p0;" + result, always(1), 64);
  check_results("  setp.lt.u32 %p0, %tid, 64;\n bar.red.and.pred %p1, 0, %p0;" + result, always(1),
                64);
  check_results("  setp.lt.u32 %p0, %tid, 64;\n bar.red.or.pred %p1, 0, 64, !%p0;" + result,
                always(0), 64);
}

TEST_CASE("bar.warp.sync and nanosleep change nothing") {
  check_results(
      "  mov.u32 %r0, %tid;\n bar.warp.sync 0xffffffff;\n nanosleep.u32 100;\n nanosleep.u32 %r0;",
      [](std::uint32_t i) { return i; });
}

TEST_CASE("trap ends the kernel with a report") {
  PtxRunner runner(R"(
.visible .entry kernel()
{
  .reg .b32 %r;
  .reg .pred %p;
  mov.u32 %r, %tid.x;
  setp.eq.u32 %p, %r, 7;
  @%p trap;
  ret;
})");
  CHECK_THROWS_AS(runner.run("kernel"), KernelFault);
  REQUIRE(runner.reports().size() == 1);
  CHECK(runner.reports().front().fault == Fault::kTrap);
  CHECK(runner.reports().front().thread == Dim3{7, 0, 0});
}

TEST_CASE("a kernel may end without ret") {
  PtxRunner runner(".visible .entry kernel() { .reg .b32 %r; mov.u32 %r, 1; }");
  runner.run("kernel");
  CHECK(runner.reports().empty());
}

}  // namespace cuda_sim::test
