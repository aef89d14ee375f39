// Divergence, reconvergence, collectives, barriers, deadlocks.
#include "tests/cuda_sim/tests/machine/bench.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

using corticast::test::contains;

std::string store_result(const std::string& value) {
  return "mad.wide.u32 %at0, %thread, 4, %a; st.global.u32 [%at0], " + value + ";\n";
}

}  // namespace

TEST_CASE("nested branches rejoin") {
  // 0: tid % 3 == 0, of these + 10 where tid < 16; else 1. Then 100 more for all.
  const Kernel kernel{R"(
  rem.u32 %r0, %tid, 3;
  setp.ne.u32 %p0, %r0, 0;
  mov.u32 %r1, 1;
  @%p0 bra join;
  mov.u32 %r1, 0;
  setp.ge.u32 %p1, %tid, 16;
  @%p1 bra inner;
  add.u32 %r1, %r1, 10;
inner:
  add.u32 %r1, %r1, 0;
join:
  activemask.b32 %r2;
  add.u32 %r1, %r1, 100;
)" + store_result("%r1") +
                      "mad.wide.u32 %at1, %thread, 4, %b; st.global.u32 [%at1], %r2;"};
  Bench bench;
  const std::uint64_t a = bench.empty(128);
  const std::uint64_t b = bench.empty(128);
  REQUIRE(!bench.run(kernel, {}, a, b));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto values = bench.words(a, 32);
  const auto masks = bench.words(b, 32);
  for (unsigned i = 0; i < 32; ++i) {
    const unsigned expected = i % 3 != 0 ? 101 : i < 16 ? 110 : 100;
    CHECK(values[i] == expected);
    CHECK(masks[i] == 0xffffffffU);
  }
}

TEST_CASE("loops of different length, early return") {
  // Sum of 1..tid; threads from 20 on return before storing.
  const Kernel kernel{R"(
  setp.ge.u32 %p0, %tid, 20;
  @%p0 ret;
  mov.u32 %r0, 0;
  mov.u32 %r1, 0;
loop:
  setp.ge.u32 %p1, %r1, %tid;
  @%p1 bra done;
  add.u32 %r1, %r1, 1;
  add.u32 %r0, %r0, %r1;
  bra loop;
done:
  activemask.b32 %r2;
  popc.b32 %r2, %r2;
  mad.lo.u32 %r0, %r2, 1000, %r0;
)" + store_result("%r0")};
  Bench bench;
  const std::uint64_t a = bench.buffer(std::vector<std::uint32_t>(32, 7));
  REQUIRE(!bench.run(kernel, {}, a));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto values = bench.words(a, 32);
  for (unsigned i = 0; i < 32; ++i) CHECK(values[i] == (i < 20 ? 20000 + i * (i + 1) / 2 : 7));
}

TEST_CASE("predicated-off lanes are not counted") {
  const Kernel kernel{"setp.lt.u32 %p0, %tid, 5; @%p0 add.u32 %r0, %tid, 1; ret;"};
  Bench bench;
  REQUIRE(!bench.run(kernel, {{3, 1, 1}, {40, 1, 1}}));
  const KernelCounts& counts = bench.counts();
  CHECK(counts.launches == 1);
  CHECK(counts.blocks == 3);
  // The prologue is 7 instructions, then setp, add, ret, by two warps of 32 and 8 threads.
  CHECK(counts.warp_instructions == 3 * 2 * 10);
  CHECK(counts.thread_instructions == 3 * (40 * 9 + 5));
}

TEST_CASE("multiply-adds are counted by lane, and the largest launch is remembered") {
  const Kernel kernel{
      "setp.lt.u32 %p0, %tid, 5; fma.rn.f32 %f0, %f1, %f2, %f0; @%p0 fma.rn.f32 %f0, %f0, %f0, %f1;"
      " mul.f32 %f0, %f0, %f0; ret;"};
  Bench bench;
  REQUIRE(!bench.run(kernel, {{3, 1, 1}, {40, 1, 1}}));
  CHECK(bench.counts().multiply_adds == 3 * (40 + 5));
  CHECK(bench.counts().block_threads == 40);
}

TEST_CASE("special registers of a grid with three dimensions") {
  const Kernel kernel{R"(
  mov.u32 %r0, %tid.x;
  mov.u32 %r1, %tid.y;
  mov.u32 %r2, %tid.z;
  mad.lo.u32 %r0, %r1, 10, %r0;
  mad.lo.u32 %r0, %r2, 100, %r0;
  mov.u32 %r1, %ctaid.x;
  mov.u32 %r2, %ctaid.y;
  mov.u32 %r3, %ctaid.z;
  mad.lo.u32 %r0, %r1, 1000, %r0;
  mad.lo.u32 %r0, %r2, 10000, %r0;
  mad.lo.u32 %r0, %r3, 100000, %r0;
  // place: ((z * gy + y) * gx + x) * 12 + (tz * 2 + ty) * 3 + tx
  mov.u32 %r4, %nctaid.y;
  mad.lo.u32 %r5, %r3, %r4, %r2;
  mov.u32 %r4, %nctaid.x;
  mad.lo.u32 %r5, %r5, %r4, %r1;
  mov.u32 %r6, %tid.z;
  mov.u32 %r7, %ntid.y;
  mov.u32 %r8, %tid.y;
  mad.lo.u32 %r6, %r6, %r7, %r8;
  mov.u32 %r7, %ntid.x;
  mov.u32 %r8, %tid.x;
  mad.lo.u32 %r6, %r6, %r7, %r8;
  mad.lo.u32 %r5, %r5, 12, %r6;
  mad.wide.u32 %at0, %r5, 4, %a;
  st.global.u32 [%at0], %r0;
)"};
  Bench bench;
  const std::uint64_t a = bench.empty(4 * 12 * 12);
  REQUIRE(!bench.run(kernel, {{2, 3, 2}, {3, 2, 2}}, a));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto values = bench.words(a, 144);
  std::size_t at = 0;
  for (unsigned z = 0; z < 2; ++z) {
    for (unsigned y = 0; y < 3; ++y) {
      for (unsigned x = 0; x < 2; ++x) {
        for (unsigned tz = 0; tz < 2; ++tz) {
          for (unsigned ty = 0; ty < 2; ++ty) {
            for (unsigned tx = 0; tx < 3; ++tx, ++at) {
              CHECK(values[at] == tx + 10 * ty + 100 * tz + 1000 * x + 10000 * y + 100000 * z);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("an unknown special register is named") {
  Bench bench;
  CHECK_THROWS_WITH(bench.run({"mov.u32 %r0, %cluster_ctarank;"}, {}),
                    contains("%cluster_ctarank"));
}

TEST_CASE("lanes meet at shuffles in both branches") {
  // Each half runs its own shuffle instruction with the full mask, into other registers.
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 16;
  mov.u32 %r1, 0;
  mov.u32 %r3, 0;
  @%p0 bra low;
  add.u32 %r0, %tid, 100;
  shfl.sync.bfly.b32 %r1, %r0, 16, 31, -1;
  bra join;
low:
  add.u32 %r2, %tid, 200;
  shfl.sync.bfly.b32 %r3, %r2, 16, 31, -1;
join:
  add.u32 %r1, %r1, %r3;
)" + store_result("%r1")};
  Bench bench;
  const std::uint64_t a = bench.empty(128);
  REQUIRE(!bench.run(kernel, {}, a));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto values = bench.words(a, 32);
  for (unsigned i = 0; i < 32; ++i) CHECK(values[i] == (i < 16 ? i + 16 + 100 : i - 16 + 200));
}

TEST_CASE("partial masks meet apart") {
  // The halves shuffle among themselves in a loop of their own length.
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 16;
  selp.u32 %r0, 2, 5, %p0;
  selp.b32 %r1, 0xffff, 0xffff0000, %p0;
  mov.u32 %r2, %tid;
loop:
  shfl.sync.bfly.b32 %r2, %r2, 1, 31, %r1;
  sub.u32 %r0, %r0, 1;
  setp.ne.u32 %p1, %r0, 0;
  @%p1 bra loop;
)" + store_result("%r2")};
  Bench bench;
  const std::uint64_t a = bench.empty(128);
  REQUIRE(!bench.run(kernel, {}, a));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto values = bench.words(a, 32);
  for (unsigned i = 0; i < 32; ++i) CHECK(values[i] == (i < 16 ? i : i ^ 1U));
}

TEST_CASE("barriers with a count, arrivals, reductions") {
  // Warps 0 and 1 meet at barrier 1; warp 2 only arrives there. Then all vote.
  const Kernel kernel{R"(
  setp.ge.u32 %p0, %tid, 64;
  @%p0 bra third;
  bar.sync 1, 96;
  bra join;
third:
  bar.arrive 1, 96;
join:
  setp.lt.u32 %p1, %tid, 70;
  bar.red.popc.u32 %r0, 0, %p1;
  bar.red.and.pred %p2, 0, %p1;
  bar.red.or.pred %p3, 0, !%p1;
  selp.u32 %r1, 1000, 0, %p2;
  add.u32 %r0, %r0, %r1;
  selp.u32 %r1, 10000, 0, %p3;
  add.u32 %r0, %r0, %r1;
)" + store_result("%r0")};
  Bench bench;
  const std::uint64_t a = bench.empty(96 * 4);
  REQUIRE(!bench.run(kernel, {{1, 1, 1}, {96, 1, 1}}, a));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  CHECK(bench.words(a, 96) == std::vector<std::uint32_t>(96, 10070));
}

TEST_CASE("a barrier in divergent code is reported with who is missing") {
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 8;
  @%p0 bra few;
  bar.sync 0;
  bra join;
few:
  bar.sync 0;
join:
)"};
  Bench bench;
  CHECK(!bench.run(kernel, {}));
  const Report& report = bench.only();
  CHECK(report.fault == Fault::kBarrierDivergence);
  CHECK_THAT(report.message, contains("lanes 8-31") && contains("lanes 0-7"));
}

TEST_CASE("the same barrier in both branches is legal when not aligned") {
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 8;
  @%p0 bra few;
  barrier.sync 0;
  bra join;
few:
  barrier.sync 0;
join:
)"};
  Bench bench;
  CHECK(!bench.run(kernel, {{1, 1, 1}, {64, 1, 1}}));
  INFO(bench.text());
  CHECK(bench.reports().empty());
}

TEST_CASE("a barrier that part of a warp skips") {
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 8;
  @%p0 bra past;
  bar.sync 0;
past:
  bar.sync 1;
)"};
  Bench bench;
  bench.run(kernel, {});
  INFO(bench.text());
  CHECK(bench.count(Fault::kBarrierDivergence) == 1);
}

TEST_CASE("threads that exit before a barrier") {
  const Kernel kernel{"setp.ge.u32 %p0, %tid, 40; @%p0 ret; bar.sync 0;"};
  Bench bench;
  CHECK(!bench.run(kernel, {{1, 1, 1}, {64, 1, 1}}));
  const Report& report = bench.only();
  CHECK(report.fault == Fault::kEarlyExit);
  CHECK_THAT(report.message, contains("40 threads") && contains("(40,0,0)"));
}

TEST_CASE("exit after the last barrier is no early exit") {
  Bench bench;
  CHECK(!bench.run({"bar.sync 0; setp.ge.u32 %p0, %tid, 40; @%p0 ret; add.u32 %r0, %tid, 1;"},
                   {{2, 1, 1}, {70, 1, 1}}));
  CHECK(bench.reports().empty());
}

TEST_CASE("warps at different barriers are a deadlock that says who waits where") {
  const Kernel kernel{R"(
  setp.ge.u32 %p0, %tid, 32;
  @%p0 bra second;
  bar.sync 1, 64;
second:
  bar.sync 2, 64;
)"};
  Bench bench;
  CHECK(bench.run(kernel, {{1, 1, 1}, {64, 1, 1}}) == Fault::kDeadlock);
  CHECK_THAT(bench.only().message, contains("warp 0 lanes 0-31") && contains("warp 1 lanes 0-31"));
}

TEST_CASE("lanes that wait for lanes at a barrier are a deadlock") {
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 4;
  @%p0 bra few;
  bar.sync 0;
few:
  bar.warp.sync -1;
)"};
  Bench bench;
  CHECK(bench.run(kernel, {}) == Fault::kDeadlock);
  CHECK(bench.only().fault == Fault::kDeadlock);
}

TEST_CASE("a spinning lane lets the others go first") {
  // Lane 0 spins until lane 1, at a later instruction, has written.
  const Kernel kernel{R"(
  setp.ne.u32 %p0, %tid, 0;
  @%p0 bra write;
spin:
  ld.volatile.global.u32 %r0, [%a];
  setp.eq.u32 %p1, %r0, 0;
  @%p1 bra spin;
  bra join;
write:
  setp.ne.u32 %p1, %tid, 1;
  @%p1 bra join;
  st.volatile.global.u32 [%a], 5;
join:
  bar.sync 0;
)"};
  Bench bench;
  const std::uint64_t a = bench.buffer({0});
  CHECK(!bench.run(kernel, {}, a));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  CHECK(bench.words(a, 1)[0] == 5);
}

TEST_CASE("a flag between warps, and one that nobody sets") {
  // The first warp waits for the flag that thread n sets.
  const Kernel kernel{R"(
  setp.lt.u32 %p0, %tid, 32;
  @!%p0 bra set;
spin:
  ld.volatile.global.u32 %r0, [%a];
  setp.eq.u32 %p1, %r0, 0;
  @%p1 bra spin;
  ret;
set:
  setp.eq.u32 %p2, %tid, %n;
  @%p2 st.volatile.global.u32 [%a], 1;
)"};
  Bench bench;
  bench.device.checks.spin_limit = 1 << 17;
  CHECK(!bench.run(kernel, {{1, 1, 1}, {64, 1, 1}}, bench.buffer({0}), 0, 50));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  CHECK(bench.run(kernel, {{1, 1, 1}, {64, 1, 1}}, bench.buffer({0}), 0, 99) == Fault::kDeadlock);
}

TEST_CASE("a matrix instruction needs the whole warp") {
  const std::string mma =
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f0,%f1,%f2,%f3}, {%r0,%r1}, {%r2}, "
      "{%f0,%f1,%f2,%f3};";
  Bench bench;
  CHECK(!bench.run({mma}, {}));
  CHECK(bench.reports().empty());
  CHECK(bench.counts().matrix_instructions == 1);
  CHECK(bench.counts().matrix_multiply_adds == 16 * 8 * 8);
  CHECK(bench.counts().multiply_adds == 0);
  CHECK(bench.run({"setp.ge.u32 %p0, %tid, 16; @%p0 ret;" + mma}, {}) == Fault::kInactiveLane);
  CHECK(bench.only().fault == Fault::kInactiveLane);
}

}  // namespace cuda_sim::test
