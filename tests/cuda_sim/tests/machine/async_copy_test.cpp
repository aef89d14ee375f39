// cp.async: when copies land, and what may not be touched meanwhile.
#include "tests/cuda_sim/tests/machine/bench.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

using corticast::test::contains;

// Each thread copies its word of a to the tile, `between`, then stores the word of the tile at
// `distance` words further to b.
Kernel copy(const std::string& between, unsigned distance, unsigned threads) {
  return {R"(
  mov.u32 %r9, tile;
  mad.lo.u32 %r10, %tid, 4, %r9;
  mad.wide.u32 %at0, %tid, 4, %a;
  mad.wide.u32 %at1, %tid, 4, %b;
  cp.async.ca.shared.global [%r10], [%at0], 4;
)" + between + "\n  add.u32 %r1, %tid, " +
              std::to_string(distance) + ";\n  rem.u32 %r1, %r1, " + std::to_string(threads) + R"(;
  mad.lo.u32 %r1, %r1, 4, %r9;
  ld.shared.u32 %r2, [%r1];
  st.global.u32 [%at1], %r2;
)",
          4 * threads};
}

struct Result {
  Bench bench;
  std::vector<std::uint32_t> words;
};

void run(Result* result, const Kernel& kernel, unsigned threads = 32) {
  std::vector<std::uint32_t> source(2 * threads);
  for (std::uint32_t i = 0; i < 2 * threads; ++i) source[i] = 100 + i;
  const std::uint64_t a = result->bench.buffer(source);
  const std::uint64_t b = result->bench.buffer(std::vector<std::uint32_t>(threads, 0));
  CHECK(!result->bench.run(kernel, {{1, 1, 1}, {threads, 1, 1}}, a, b));
  result->words = result->bench.words(b, threads);
}

const std::string kCommit = "cp.async.commit_group;\n";
const std::string kWait = "cp.async.wait_group 0;\n";

}  // namespace

TEST_CASE("a copy that is waited for arrives") {
  for (const std::string& wait : {kCommit + kWait, std::string("cp.async.wait_all;")}) {
    Result own;
    run(&own, copy(wait, 0, 32));
    INFO(own.bench.text());
    CHECK(own.bench.reports().empty());
    for (std::uint32_t i = 0; i < 32; ++i) CHECK(own.words[i] == 100 + i);
  }
  Result other;
  run(&other, copy(kCommit + kWait + "bar.sync 0;", 32, 64), 64);
  INFO(other.bench.text());
  CHECK(other.bench.reports().empty());
  for (std::uint32_t i = 0; i < 64; ++i) CHECK(other.words[i] == 100 + (i + 32) % 64);
}

TEST_CASE("a wait makes only the thread's own copies visible") {
  Result result;
  run(&result, copy(kCommit + kWait, 1, 32));
  CHECK(result.bench.only().fault == Fault::kBlockRace);
}

TEST_CASE("reading before the wait is a hazard, and the data is not there") {
  Result result;
  run(&result, copy(kCommit, 0, 32));
  INFO(result.bench.text());
  // Read while in flight, of memory that nobody has written yet, and never waited for.
  CHECK(result.bench.count(Fault::kAsyncHazard) == 2);
  CHECK(result.bench.count(Fault::kUninitialised) == 1);
  CHECK(result.words[3] != 103);
}

TEST_CASE("waiting without a commit does not wait") {
  Result result;
  run(&result, copy(kWait, 0, 32));
  CHECK(result.bench.count(Fault::kAsyncHazard) >= 1);
}

TEST_CASE("writing to the target before the wait is a hazard") {
  Result result;
  run(&result, copy("st.shared.u32 [%r10], 0;\n" + kCommit + kWait, 0, 32));
  CHECK(result.bench.only().fault == Fault::kAsyncHazard);
  CHECK_THAT(result.bench.only().message, contains("writes byte 0 of shared memory while"));
}

TEST_CASE("overwriting the source before the wait is a hazard") {
  Result result;
  run(&result, copy("st.global.u32 [%at0], 7;\n" + kCommit + kWait, 0, 32));
  INFO(result.bench.text());
  CHECK(result.bench.only().fault == Fault::kAsyncHazard);
  CHECK(result.words[3] == 7);  // it lands as late as it may
}

TEST_CASE("groups land in order, the last ones may stay in flight") {
  // Two groups; after waiting for all but one, the first may be read and the second may not.
  const auto kernel = [](unsigned pending, unsigned read) {
    return Kernel{R"(
  mov.u32 %r9, tile;
  mad.lo.u32 %r10, %tid, 4, %r9;
  mad.wide.u32 %at0, %tid, 4, %a;
  mad.wide.u32 %at1, %tid, 4, %b;
  cp.async.ca.shared.global [%r10], [%at0], 4;
  cp.async.commit_group;
  cp.async.ca.shared.global [%r10+128], [%at0+128], 4;
  cp.async.commit_group;
  cp.async.wait_group )" +
                      std::to_string(pending) + ";\n  ld.shared.u32 %r2, [%r10+" +
                      std::to_string(128 * read) +
                      "];\n  st.global.u32 [%at1], %r2;\n  cp.async.wait_all;\n",
                  256};
  };
  Result first;
  run(&first, kernel(1, 0));
  INFO(first.bench.text());
  CHECK(first.bench.reports().empty());
  CHECK(first.words[5] == 105);
  Result early;
  run(&early, kernel(1, 1));
  CHECK(early.bench.count(Fault::kAsyncHazard) == 1);
  Result second;
  run(&second, kernel(0, 1));
  CHECK(second.bench.reports().empty());
  CHECK(second.words[5] == 137);
}

TEST_CASE("bytes beyond the source size are zero and not read") {
  const auto kernel = [](const std::string& bytes) {
    return Kernel{R"(
  mov.u32 %r9, tile;
  mad.lo.u32 %r10, %tid, 16, %r9;
  mov.u32 %r3, )" + bytes +
                      R"(;
  cp.async.cg.shared.global [%r10], [%a], 16, %r3;
  cp.async.wait_all;
  mad.wide.u32 %at1, %tid, 4, %b;
  ld.shared.v4.u32 {%r4,%r5,%r6,%r7}, [%r10];
  add.u32 %r4, %r4, %r5;
  add.u32 %r4, %r4, %r6;
  add.u32 %r4, %r4, %r7;
  st.global.u32 [%at1], %r4;
)",
                  512};
  };
  const auto sum = [&](const std::string& bytes, std::uint64_t address, Bench* bench) {
    const std::uint64_t b = bench->buffer(std::vector<std::uint32_t>(32, 0));
    CHECK(!bench->run(kernel(bytes), {}, address, b));
    INFO(bench->text());
    CHECK(bench->reports().empty());
    return bench->words(b, 32)[31];
  };
  Bench bench;
  CHECK(sum("8", bench.buffer({1, 2}), &bench) == 3);
  CHECK(sum("6", bench.buffer({1, 0xabcd0002U}), &bench) == 3);
  CHECK(sum("0", 0, &bench) == 0);
}

TEST_CASE("copies are checked where they are issued") {
  const Kernel kernel{
      "mov.u32 %r9, tile; mad.lo.u32 %r10, %tid, 16, %r9; mad.wide.u32 %at0, %tid, 16, %a;"
      "cp.async.cg.shared.global [%r10], [%at0], 16; cp.async.wait_all;",
      512};
  Bench bounds;
  CHECK(bounds.run(kernel, {}, bounds.buffer(std::vector<std::uint32_t>(127, 0))) ==
        Fault::kGlobalBounds);
  CHECK(bounds.only().thread == Dim3{31, 0, 0});
  Bench uninitialised;
  CHECK(!uninitialised.run(kernel, {}, uninitialised.empty(512)));
  CHECK(uninitialised.only().fault == Fault::kUninitialised);
  Bench misaligned;
  CHECK(misaligned.run(kernel, {}, misaligned.buffer(std::vector<std::uint32_t>(200, 0)) + 8) ==
        Fault::kMisaligned);
  Bench small;
  Kernel short_tile = kernel;
  short_tile.shared = 500;
  CHECK(small.run(short_tile, {}, small.buffer(std::vector<std::uint32_t>(200, 0))) ==
        Fault::kSharedBounds);
}

TEST_CASE("a copy into a stage that other warps still read") {
  const auto kernel = [](const std::string& between) {
    return Kernel{R"(
  mov.u32 %r9, tile;
  mad.lo.u32 %r10, %tid, 4, %r9;
  mad.wide.u32 %at0, %tid, 4, %a;
  st.shared.u32 [%r10], %tid;
  bar.sync 0;
  xor.b32 %r1, %tid, 32;
  mad.lo.u32 %r1, %r1, 4, %r9;
  ld.shared.u32 %r2, [%r1];
)" + between + R"(
  cp.async.ca.shared.global [%r10], [%at0], 4;
  cp.async.wait_all;
)",
                  256};
  };
  Result clean;
  run(&clean, kernel("bar.sync 0;"), 64);
  CHECK(clean.bench.reports().empty());
  Result racy;
  run(&racy, kernel(""), 64);
  INFO(racy.bench.text());
  // The copies overtake the reads of the other warp, and the other way round.
  CHECK(racy.bench.count(Fault::kBlockRace) == 2);
  CHECK(racy.bench.reports().size() == 2);
}

}  // namespace cuda_sim::test
