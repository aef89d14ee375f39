// Data races within a block: what must be reported and what must not.
#include "tests/cuda_sim/tests/machine/race_count.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

using corticast::test::contains;

// %r10: the address of this thread's word in the tile; %at0: of its word in a, by thread of the
// grid.
const std::string kHead = R"(
  mov.u32 %r9, tile;
  mad.lo.u32 %r10, %tid, 4, %r9;
  mad.wide.u32 %at0, %thread, 4, %a;
)";

// Each thread stores its number, `between`, then reads the word of the thread `distance` further.
Kernel exchange(const std::string& between, unsigned distance, unsigned threads) {
  return {kHead + "st.shared.u32 [%r10], %tid;\n" + between + "\nadd.u32 %r1, %tid, " +
              std::to_string(distance) + ";\nrem.u32 %r1, %r1, " + std::to_string(threads) +
              ";\nmad.lo.u32 %r1, %r1, 4, %r9;\nld.shared.u32 %r2, [%r1];\n",
          4 * threads};
}

std::size_t block_races(const Kernel& kernel, const Size& size) {
  return found(kernel, size, Fault::kBlockRace);
}

}  // namespace

TEST_CASE("a barrier between warps or none") {
  CHECK(block_races(exchange("bar.sync 0;", 32, 128), threads(128, 3)) == 0);
  CHECK(block_races(exchange("", 32, 128), threads(128)) >= 1);
  // A synchronisation of each warp does not order two warps.
  CHECK(block_races(exchange("bar.warp.sync -1;", 32, 128), threads(128)) >= 1);
}

TEST_CASE("lanes of one warp") {
  CHECK(block_races(exchange("", 1, 32), threads(32)) == 1);
  CHECK(block_races(exchange("bar.warp.sync -1;", 1, 32), threads(32)) == 0);
  CHECK(block_races(exchange("shfl.sync.idx.b32 %r0, %tid, 0, 31, -1;", 1, 32), threads(32)) == 0);
  CHECK(block_races(exchange("bar.sync 0;", 1, 32), threads(32)) == 0);
  CHECK(block_races(exchange("", 0, 32), threads(32)) == 0);  // its own word
}

TEST_CASE("a partial mask orders only its lanes") {
  // Groups of 16; the exchange is within a group (xor 1), or across (xor 16).
  const auto kernel = [](unsigned flip) {
    return Kernel{kHead + R"(
  setp.lt.u32 %p0, %tid, 16;
  selp.b32 %r0, 0xffff, 0xffff0000, %p0;
  st.shared.u32 [%r10], %tid;
  bar.warp.sync %r0;
  xor.b32 %r1, %tid, )" +
                      std::to_string(flip) + R"(;
  mad.lo.u32 %r1, %r1, 4, %r9;
  ld.shared.u32 %r2, [%r1];
  bar.warp.sync %r0;
  st.shared.u32 [%r10], %r2;
)",
                  128};
  };
  CHECK(block_races(kernel(1), threads(32)) == 0);
  CHECK(block_races(kernel(16), threads(32)) >= 1);
}

TEST_CASE("the race names the other thread") {
  Bench bench;
  bench.run(exchange("", 32, 64), threads(64));
  // Warp 0 reads first, so the second warp's store and its read of warp 0's word come later.
  REQUIRE(bench.count(Fault::kBlockRace) == 2);
  std::vector<std::string> races;
  for (const Report& report : bench.reports()) {
    if (report.fault != Fault::kBlockRace) continue;
    CHECK(report.thread == Dim3{32, 0, 0});
    races.push_back(report.message);
  }
  CHECK_THAT(races[0], contains("writes byte 128 of shared memory, which thread (0,0,0) read"));
  CHECK_THAT(races[1], contains("reads byte 0 of shared memory, which thread (0,0,0) wrote"));
}

TEST_CASE("a read by several warps is not forgotten") {
  // All read word 0; then, with or without a barrier between, one thread writes it.
  const auto kernel = [](const std::string& between, unsigned writer) {
    return Kernel{kHead + R"(
  setp.eq.u32 %p0, %tid, 0;
  @%p0 st.shared.u32 [%r9], 1;
  bar.sync 0;
  ld.shared.u32 %r1, [%r9];
)" + between + "\n  setp.eq.u32 %p1, %tid, " +
                      std::to_string(writer) + ";\n  @%p1 st.shared.u32 [%r9], 7;\n",
                  4};
  };
  for (const unsigned writer : {0U, 40U, 95U}) {
    CHECK(block_races(kernel("bar.sync 0;", writer), threads(96)) == 0);
    CHECK(block_races(kernel("", writer), threads(96)) >= 1);
  }
}

TEST_CASE("double buffering with one barrier per step") {
  // Step i writes half i % 2 and reads it after the barrier; a third of the loop has no second
  // barrier, and needs none.
  const auto kernel = [](unsigned halves) {
    return Kernel{kHead + R"(
  mov.u32 %r0, 0;
loop:
  rem.u32 %r1, %r0, )" +
                      std::to_string(halves) + R"(;
  mad.lo.u32 %r2, %r1, 256, %r10;
  add.u32 %r3, %tid, %r0;
  st.shared.u32 [%r2], %r3;
  bar.sync 0;
  xor.b32 %r4, %tid, 32;
  mad.lo.u32 %r4, %r4, 4, %r9;
  mad.lo.u32 %r4, %r1, 256, %r4;
  ld.shared.u32 %r5, [%r4];
  add.u32 %r0, %r0, 1;
  setp.lt.u32 %p0, %r0, 7;
  @%p0 bra loop;
)",
                  512};
  };
  CHECK(block_races(kernel(2), threads(64)) == 0);
  CHECK(block_races(kernel(1), threads(64)) >= 1);
}

TEST_CASE("named barriers order the warps that take part") {
  // Warps 0 and 1 exchange by barrier 1, warps 2 and 3 by barrier 2; distance 64 crosses them.
  const std::string named = R"(
  shr.u32 %r0, %tid, 6;
  add.u32 %r0, %r0, 1;
  bar.sync %r0, 64;
)";
  const auto kernel = [&](unsigned flip) {
    return Kernel{kHead + "st.shared.u32 [%r10], %tid;\n" + named + "xor.b32 %r1, %tid, " +
                      std::to_string(flip) +
                      ";\nmad.lo.u32 %r1, %r1, 4, %r9;\nld.shared.u32 %r2, [%r1];\n" + named +
                      "st.shared.u32 [%r10], %r2;\n",
                  512};
  };
  CHECK(block_races(kernel(32), threads(128)) == 0);
  CHECK(block_races(kernel(64), threads(128)) >= 1);
}

TEST_CASE("bar.arrive orders producers before consumers, not the other way") {
  // Warp 0 produces and arrives; warp 1 waits and reads. Then warp 0 writes again.
  const auto kernel = [](const std::string& again) {
    return Kernel{kHead + R"(
  setp.lt.u32 %p0, %tid, 32;
  @%p0 bra produce;
  bar.sync 1, 64;
  sub.u32 %r1, %r10, 128;
  ld.shared.u32 %r2, [%r1];
  bra join;
produce:
  st.shared.u32 [%r10], %tid;
  bar.arrive 1, 64;
)" + again + R"(
join:
  bar.sync 0;
)",
                  256};
  };
  CHECK(block_races(kernel(""), threads(64)) == 0);
  CHECK(block_races(kernel("add.u32 %r3, %tid, 1; st.shared.u32 [%r10], %r3;"), threads(64)) == 1);
}

TEST_CASE("bytes and halves of one word belong to their own threads") {
  // In place on bytes: each thread reads and writes its own; then the neighbour's.
  const auto kernel = [](const std::string& width, const std::string& between, unsigned distance) {
    const std::string size = width == "u8" ? "1" : "2";
    return Kernel{"mov.u32 %r9, tile; mad.lo.u32 %r10, %tid, " + size +
                      ", %r9; cvt.u16.u32 %h0, %tid; st.shared." + width + " [%r10], %h0;" +
                      between + "ld.shared." + width + " %h1, [%r10+" +
                      std::to_string(distance * (width == "u8" ? 1 : 2)) + "];" +
                      "add.u16 %h1, %h1, 1; st.shared." + width + " [%r10], %h1;",
                  512};
  };
  for (const std::string width : {"u8", "u16"}) {
    INFO(width);
    CHECK(block_races(kernel(width, "", 0), threads(64)) == 0);
    CHECK(block_races(kernel(width, "", 1), threads(64)) >= 1);
    CHECK(block_races(kernel(width, "bar.warp.sync -1;", 0), threads(64)) == 0);
  }
}

TEST_CASE("bytes written and the word read after a barrier, or before") {
  const auto kernel = [](const std::string& between) {
    return Kernel{
        "mov.u32 %r9, tile; add.u32 %r10, %tid, %r9; cvt.u16.u32 %h0, %tid;"
        "st.shared.u8 [%r10], %h0;" +
            between +
            "setp.lt.u32 %p0, %tid, 16; mad.lo.u32 %r1, %tid, 4, %r9;"
            "@%p0 ld.shared.u32 %r2, [%r1]; bar.sync 0; @%p0 st.shared.u32 [%r1], %tid;"
            "bar.sync 0; ld.shared.u8 %h0, [%r10];",
        64};
  };
  CHECK(block_races(kernel("bar.sync 0;"), threads(64)) == 0);
  CHECK(block_races(kernel(""), threads(64)) >= 1);
}

TEST_CASE("lanes that store to one word in one instruction") {
  CHECK(block_races({"mov.u32 %r9, tile; st.shared.u32 [%r9], %tid;", 4}, threads(32)) == 1);
  CHECK(block_races({"mov.u32 %r9, tile; st.shared.u32 [%r9], %n;", 4}, threads(32)) == 0);
  // The same value by several warps is no race either.
  CHECK(block_races({"mov.u32 %r9, tile; st.shared.u32 [%r9], %n;", 4}, threads(128)) == 0);
  CHECK(block_races({"st.global.u32 [%a], %tid;"}, threads(32)) == 1);
}

TEST_CASE("global memory within a block") {
  const auto kernel = [](const std::string& between) {
    return Kernel{
        "mad.wide.u32 %at0, %tid, 4, %a; st.global.u32 [%at0], %tid;" + between +
        "xor.b32 %r1, %tid, 32; mad.wide.u32 %at1, %r1, 4, %a; ld.global.u32 %r2, [%at1];"};
  };
  CHECK(block_races(kernel("bar.sync 0;"), threads(64)) == 0);
  CHECK(block_races(kernel(""), threads(64)) == 1);
}

TEST_CASE("a flag in shared memory orders two warps") {
  const auto kernel = [](const std::string& fence) {
    return Kernel{kHead + R"(
  setp.lt.u32 %p0, %tid, 32;
  setp.eq.u32 %p1, %tid, 0;
  @%p1 st.shared.u32 [%r9+256], 0;
  bar.sync 0;
  @%p0 bra produce;
spin:
  ld.volatile.shared.u32 %r0, [%r9+256];
  setp.eq.u32 %p2, %r0, 0;
  @%p2 bra spin;
  ld.shared.u32 %r1, [%r9];
  ret;
produce:
  @!%p1 ret;
  st.shared.u32 [%r9], 5;
)" + fence + "\n  st.volatile.shared.u32 [%r9+256], 1;\n",
                  260};
  };
  CHECK(block_races(kernel("membar.cta;"), threads(64)) == 0);
  CHECK(block_races(kernel(""), threads(64)) == 1);
}

TEST_CASE("a word read by all and written after many barriers") {
  // The rows that keep several readers are reused; the last step lacks its barrier.
  const auto kernel = [](unsigned skip) {
    return Kernel{kHead + R"(
  mov.u32 %r0, 0;
loop:
  setp.eq.u32 %p0, %r0, )" +
                      std::to_string(skip) + R"(;
  and.b32 %r1, %tid, 31;
  mad.lo.u32 %r1, %r1, 4, %r9;
  setp.ge.u32 %p1, %tid, 32;
  xor.b32 %r2, %tid, %r0;
  @!%p1 st.shared.u32 [%r1], %r2;
  bar.sync 0;
  ld.shared.u32 %r3, [%r1];
  @%p0 bra next;
  bar.sync 0;
next:
  add.u32 %r0, %r0, 1;
  setp.lt.u32 %p2, %r0, 50;
  @%p2 bra loop;
)",
                  128};
  };
  CHECK(block_races(kernel(100), threads(128)) == 0);
  CHECK(block_races(kernel(47), threads(128)) == 1);
}

}  // namespace cuda_sim::test
