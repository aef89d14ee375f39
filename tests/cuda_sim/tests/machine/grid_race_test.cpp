// Data races between blocks of a launch, and what orders them: atomics, fences, publication.
#include "tests/cuda_sim/tests/machine/race_count.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

using corticast::test::contains;

std::size_t grid_races(const Kernel& kernel, const Size& size) {
  return found(kernel, size, Fault::kGridRace);
}

}  // namespace

TEST_CASE("blocks that share words") {
  const Size size = threads(32, 3);
  const std::string mine = "mad.wide.u32 %at0, %thread, 4, %a;";
  const std::string same = "mad.wide.u32 %at1, %tid, 4, %b;";
  // Each writes its own part and all read the same.
  CHECK(grid_races({mine + same + "ld.global.u32 %r0, [%at1]; st.global.u32 [%at0], %r0;"}, size) ==
        0);
  // All write the same, other values or the same one.
  CHECK(grid_races({same + "st.global.u32 [%at1], %ctaid;"}, size) == 1);
  CHECK(grid_races({same + "st.global.u32 [%at1], %n;"}, size) == 0);
  // One reads what an earlier one wrote; one writes what earlier ones read.
  CHECK(grid_races({same + "setp.eq.u32 %p0, %ctaid, 0; @%p0 st.global.u32 [%at1], %n;"
                           "@!%p0 ld.global.u32 %r0, [%at1];"},
                   size) == 1);
  CHECK(grid_races({same + "setp.eq.u32 %p0, %ctaid, 2; @%p0 st.global.u32 [%at1], %n;"
                           "@!%p0 ld.global.u32 %r0, [%at1];"},
                   size) == 1);
  // Also when the writer has read it itself in between.
  CHECK(grid_races({same + "ld.global.u32 %r0, [%at1]; setp.eq.u32 %p0, %ctaid, 2;"
                           "@%p0 st.global.u32 [%at1], %n;"},
                   size) == 1);
  CHECK(grid_races({"atom.global.add.u32 %r0, [%a], 1; red.global.add.u32 [%b], 1;"}, size) == 0);
  CHECK(grid_races({"atom.global.add.u32 %r0, [%a], 1; ld.global.u32 %r1, [%a];"}, threads(1, 3)) ==
        1);
  CHECK(grid_races({"atom.global.add.u32 %r0, [%a], 1; ld.volatile.global.u32 %r1, [%a];"}, size) ==
        0);
}

TEST_CASE("a grid race names the other block") {
  Bench bench;
  const std::uint64_t a = bench.buffer(std::vector<std::uint32_t>(64, 0));
  bench.run({"setp.eq.u32 %p0, %tid, 3; @%p0 st.global.u32 [%a], %ctaid;"}, {{2, 2, 1}, {32, 1, 1}},
            a);
  CHECK(bench.only().fault == Fault::kGridRace);
  CHECK(bench.only().block == Dim3{1, 0, 0});
  CHECK_THAT(bench.only().message, contains("writes byte 0 of allocation 1") &&
                                       contains("block (0,0,0) thread (3,0,0) wrote"));
}

TEST_CASE("launches do not race with each other") {
  Bench bench;
  const std::uint64_t a = bench.buffer(std::vector<std::uint32_t>(64, 0));
  const Kernel kernel{
      "mad.wide.u32 %at0, %tid, 4, %a; ld.global.u32 %r0, [%at0]; add.u32 %r0, %r0, %n;"
      "st.global.u32 [%at0], %r0;"};
  for (std::uint32_t i = 0; i < 4; ++i) CHECK(!bench.run(kernel, threads(32), a, 0, i));
  INFO(bench.text());
  CHECK(bench.reports().empty());
}

TEST_CASE("the last block reads what all wrote: with a fence, and without") {
  // Each block stores its number + 1 to a[block], thread 0 counts, the last block sums into b[1].
  const auto kernel = [](const std::string& fence) {
    return Kernel{R"(
  setp.ne.u32 %p0, %tid, 0;
  mad.wide.u32 %at0, %ctaid, 4, %a;
  add.u32 %r0, %ctaid, 1;
  @!%p0 st.global.u32 [%at0], %r0;
  bar.sync 0;
  @%p0 bra joined;
)" + fence + R"(
  atom.global.add.u32 %r1, [%b], 1;
  mov.u32 %r9, tile;
  st.shared.u32 [%r9], %r1;
joined:
  bar.sync 0;
  mov.u32 %r9, tile;
  ld.shared.u32 %r1, [%r9];
  mov.u32 %r2, %nctaid.x;
  sub.u32 %r2, %r2, 1;
  setp.ne.u32 %p1, %r1, %r2;
  @%p1 ret;
  setp.gt.u32 %p1, %tid, %r2;
  @%p1 ret;
  mad.wide.u32 %at1, %tid, 4, %a;
  ld.global.u32 %r3, [%at1];
  red.global.add.u32 [%b+4], %r3;
  @!%p0 st.global.u32 [%b], 0;
)",
                  4};
  };
  Bench bench;
  const std::uint64_t a = bench.empty(4 * 10);
  const std::uint64_t b = bench.buffer({0, 0});
  REQUIRE(!bench.run(kernel("membar.gl;"), threads(64, 10), a, b));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  CHECK(bench.words(b, 2) == std::vector<std::uint32_t>{0, 55});
  CHECK(grid_races(kernel(""), threads(64, 10)) >= 1);
  CHECK(grid_races(kernel("membar.cta;"), threads(64, 10)) >= 1);
}

TEST_CASE("a store after the publication is not covered by it") {
  // Block 0 publishes word 0, then stores word 1; block 1 sees the flag and reads word n.
  const auto kernel = [](unsigned word) {
    return Kernel{R"(
  setp.ne.u32 %p0, %tid, 0;
  @%p0 ret;
  setp.ne.u32 %p0, %ctaid, 0;
  @%p0 bra second;
  st.global.u32 [%a], 1;
  membar.gl;
  st.volatile.global.u32 [%b], 1;
  st.global.u32 [%a+4], 1;
  ret;
second:
  ld.volatile.global.u32 %r0, [%b];
  ld.global.u32 %r1, [%a+)" +
                  std::to_string(4 * word) + "];\n"};
  };
  CHECK(grid_races(kernel(0), threads(32, 2)) == 0);
  CHECK(grid_races(kernel(1), threads(32, 2)) == 1);
}

TEST_CASE("data read by ld.global.nc must not be written in the launch") {
  const auto faults = [](const std::string& body, std::uint32_t blocks) {
    return found({"mad.wide.u32 %at0, %tid, 4, %a;" + body}, threads(32, blocks),
                 Fault::kReadOnlyWrite);
  };
  CHECK(faults("ld.global.nc.u32 %r0, [%at0]; st.global.u32 [%at0+1024], %r0;", 1) == 0);
  CHECK(faults("ld.global.nc.u32 %r0, [%at0]; st.global.u32 [%at0], %r0;", 1) == 1);
  CHECK(faults("st.global.u32 [%at0], %n; bar.sync 0; ld.global.nc.u32 %r0, [%at0];", 1) == 1);
  CHECK(faults("setp.eq.u32 %p0, %ctaid, 1; @!%p0 ld.global.nc.u32 %r0, [%at0];"
               "@%p0 st.global.u32 [%at0], %n;",
               2) == 1);
}

}  // namespace cuda_sim::test
