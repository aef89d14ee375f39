// Memory, bounds, alignment, initialised bytes, traffic.
#include "tests/cuda_sim/machine/memory.h"

#include <cstring>

#include "tests/cuda_sim/tests/machine/bench.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

using corticast::test::contains;

constexpr std::uint64_t kBase = std::uint64_t{1} << 52;

// Thread i reads word i + n of a, adds 1 and stores it in word i of b.
const char* const kIncrement = R"(
  add.u32 %r0, %thread, %n;
  mad.wide.s32 %at0, %r0, 4, %a;
  mad.wide.u32 %at1, %thread, 4, %b;
  ld.global.u32 %r1, [%at0];
  add.u32 %r1, %r1, 1;
  st.global.u32 [%at1], %r1;
)";

std::vector<std::uint32_t> count_up(std::size_t n) {
  std::vector<std::uint32_t> words(n);
  for (std::size_t i = 0; i < n; ++i) words[i] = static_cast<std::uint32_t>(i);
  return words;
}

}  // namespace

TEST_CASE("allocations are apart, counted and never reused") {
  Memory memory(kBase, 10000);
  CHECK(memory.allocate(0, "none") == 0);
  const std::uint64_t first = memory.allocate(1000, "first");
  const std::uint64_t second = memory.allocate(5000, "second");
  CHECK(first >= kBase);
  CHECK(first % 256 == 0);
  CHECK(first % 512 != 0);
  CHECK(second >= first + 1000 + 256);
  CHECK(memory.used() == 1024 + 5120);
  CHECK(memory.allocate(4000, "too much") == 0);
  CHECK(memory.find(first + 999)->number == 1);
  CHECK(memory.find(first + 1000) == nullptr);
  CHECK(memory.find(first - 1) == nullptr);
  CHECK(memory.nearest(second - 1)->number == 1);

  CHECK(!memory.free(first + 4));
  CHECK(memory.free(first));
  CHECK(!memory.free(first));
  CHECK(memory.used() == 5120);
  CHECK(!memory.find(first)->live);
  CHECK(memory.find(first)->describe() == "freed allocation 1 (first, 1,000 bytes)");
  CHECK(memory.read(first, 4, nullptr) == nullptr);
  CHECK(memory.write(first, 4) == nullptr);
  const std::uint64_t third = memory.allocate(1000, "third");
  CHECK(third > second);
}

TEST_CASE("host views know what was written") {
  Memory memory(kBase, 1 << 20);
  const std::uint64_t at = memory.allocate(1000, "buffer");
  bool initialised = true;
  REQUIRE(memory.read(at, 1000, &initialised) != nullptr);
  CHECK(!initialised);
  std::memset(memory.write(at + 3, 130), 1, 130);
  memory.read(at + 3, 130, &initialised);
  CHECK(initialised);
  memory.read(at + 2, 2, &initialised);
  CHECK(!initialised);
  memory.read(at + 132, 2, &initialised);
  CHECK(!initialised);
  CHECK(memory.read(at, 1001, nullptr) == nullptr);
  CHECK(memory.write(at + 999, 2) == nullptr);
  CHECK(memory.read(at - 1, 2, nullptr) == nullptr);
}

TEST_CASE("a card of 80 GB costs nothing until it is touched") {
  Memory memory(kBase, std::uint64_t{80} << 30);
  const std::uint64_t at = memory.allocate(std::uint64_t{79} << 30, "all");
  REQUIRE(at != 0);
  *memory.write(at + (std::uint64_t{78} << 30), 1) = std::byte{5};
  CHECK(*memory.read(at + (std::uint64_t{78} << 30), 1, nullptr) == std::byte{5});
}

TEST_CASE("a clean kernel reports nothing and counts its traffic") {
  Bench bench;
  const std::uint64_t a = bench.buffer(count_up(200));
  const std::uint64_t b = bench.empty(800);
  REQUIRE(!bench.run({kIncrement}, {{4, 1, 1}, {50, 1, 1}}, a, b));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto result = bench.words(b, 200);
  for (std::uint32_t i = 0; i < 200; ++i) CHECK(result[i] == i + 1);
  const KernelCounts& counts = bench.counts();
  CHECK(counts.global_loaded == 800);
  CHECK(counts.global_stored == 800);
  CHECK(counts.checks == 400);
  REQUIRE(counts.allocations.size() == 2);
  CHECK(counts.allocations.at(1).loaded == 800);
  CHECK(counts.allocations.at(1).stored == 0);
  CHECK(counts.allocations.at(2).stored == 800);
  CHECK(bench.device.memory().find(a)->bytes_loaded == 800);
  CHECK(bench.device.memory().find(b)->bytes_stored == 800);
  CHECK(counts.seconds > 0);
}

TEST_CASE("a read past the end names the allocation, the distance and the thread") {
  Bench bench;
  const std::uint64_t a = bench.buffer(count_up(60));
  const std::uint64_t b = bench.empty(256);
  CHECK(bench.run({kIncrement}, {{1, 1, 1}, {64, 1, 1}}, a, b, 2) == Fault::kGlobalBounds);
  const Report& report = bench.only();
  CHECK(report.fault == Fault::kGlobalBounds);
  CHECK(report.kernel == "kernel");
  CHECK(report.thread == Dim3{58, 0, 0});
  CHECK_THAT(report.where, contains("ptx line "));
  CHECK_THAT(report.message,
             contains("reads 4 bytes, 0 bytes past the end of allocation 1 (test, 240 bytes)"));
}

TEST_CASE("bounds before the start, across the end, null and freed") {
  Bench bench;
  const std::uint64_t a = bench.buffer(count_up(64));
  const std::uint64_t b = bench.empty(256);
  const Size warp;
  CHECK(bench.run({kIncrement}, warp, a, b, static_cast<std::uint32_t>(-1)) ==
        Fault::kGlobalBounds);
  CHECK_THAT(bench.only().message, contains("4 bytes before allocation 1"));

  Bench across;
  const std::uint64_t odd = across.empty(126);
  CHECK(across.run({kIncrement}, warp, across.buffer(count_up(32)), odd) == Fault::kGlobalBounds);
  CHECK(across.only().thread == Dim3{31, 0, 0});
  CHECK_THAT(across.only().message, contains("of which 2 in allocation 1"));

  Bench null;
  CHECK(null.run({kIncrement}, warp, 0, null.empty(128)) == Fault::kGlobalBounds);
  CHECK_THAT(null.only().message, contains("null pointer"));

  Bench freed;
  const std::uint64_t gone = freed.buffer(count_up(32));
  REQUIRE(freed.device.memory().free(gone));
  CHECK(freed.run({kIncrement}, warp, gone, freed.empty(128)) == Fault::kGlobalBounds);
  CHECK_THAT(freed.only().message, contains("at byte 0 of freed allocation 1"));
}

TEST_CASE("bounds hold without the other checks") {
  Bench bench;
  bench.device.checks.enabled = false;
  const std::uint64_t a = bench.empty(128);  // uninitialised, and nobody asks
  CHECK(!bench.run({kIncrement}, {}, a, bench.empty(128)));
  CHECK(bench.reports().empty());
  CHECK(bench.counts().checks == 0);
  CHECK(bench.run({kIncrement}, {}, a, bench.empty(124)) == Fault::kGlobalBounds);
}

TEST_CASE("misaligned accesses") {
  Bench bench;
  const std::uint64_t a = bench.buffer(count_up(64));
  const Kernel kernel{"ld.global.v4.u32 {%r0,%r1,%r2,%r3}, [%a+8];"};
  CHECK(bench.run(kernel, {}, a) == Fault::kMisaligned);
  CHECK_THAT(bench.only().message,
             contains("reads 16 bytes at address") && contains("not a multiple of 16"));
}

TEST_CASE("uninitialised global bytes are named, once per place") {
  Bench bench;
  const std::uint64_t a = bench.empty(256);
  std::memset(bench.device.memory().write(a, 42), 0, 42);
  CHECK(!bench.run({kIncrement}, {{2, 1, 1}, {32, 1, 1}}, a, bench.empty(256)));
  const Report& report = bench.only();
  CHECK(report.fault == Fault::kUninitialised);
  CHECK(report.thread == Dim3{10, 0, 0});
  CHECK(report.times == 2);
  CHECK_THAT(report.message, contains("byte 42 of allocation 1"));
}

TEST_CASE("uninitialised shared memory: each block starts anew") {
  // Block 0 writes all of the tile; later blocks only half, but read all.
  const Kernel kernel{R"(
  setp.eq.u32 %p0, %ctaid, 0;
  setp.lt.u32 %p1, %tid, 16;
  or.pred %p0, %p0, %p1;
  mov.u32 %r0, tile;
  mad.lo.u32 %r0, %tid, 4, %r0;
  @%p0 st.shared.u32 [%r0], %tid;
  ld.shared.u32 %r1, [%r0];
)",
                      128};
  Bench bench;
  CHECK(!bench.run(kernel, {{2, 1, 1}, {32, 1, 1}}));
  CHECK(bench.only().fault == Fault::kUninitialised);
  CHECK(bench.only().block == Dim3{1, 0, 0});
  CHECK(bench.only().thread == Dim3{16, 0, 0});
  CHECK(bench.counts().shared_loaded == 256);
  CHECK(bench.counts().shared_stored == 192);
}

TEST_CASE("shared bounds are those of the launch") {
  const Kernel kernel{R"(
  mov.u32 %r0, dynamic;
  mad.lo.u32 %r0, %tid, 16, %r0;
  mov.u32 %r1, 0;
  st.shared.v4.u32 [%r0], {%r1, %r1, %r1, %r1};
  mov.u32 %r0, tile;
  st.shared.u8 [%r0+9], %r1;
)",
                      10};
  // 10 static bytes, then from byte 16 on the dynamic ones.
  Bench bench;
  CHECK(!bench.run(kernel, {{1, 1, 1}, {32, 1, 1}, 512}));
  INFO(bench.text());
  CHECK(bench.count(Fault::kSharedBounds) == 0);
  Bench small;
  CHECK(small.run(kernel, {{1, 1, 1}, {32, 1, 1}, 508}) == Fault::kSharedBounds);
  CHECK(small.only().thread == Dim3{31, 0, 0});
  CHECK_THAT(small.only().message, contains("writes 16 bytes at byte 512 of shared memory, which "
                                            "has 524 bytes in this launch (508 of them dynamic)"));
}

TEST_CASE("generic addresses reach every space, lane by lane") {
  // Even threads read global memory, odd ones shared memory, through one instruction.
  const Kernel kernel{R"(
  mov.u32 %r0, tile;
  mad.lo.u32 %r0, %tid, 4, %r0;
  add.u32 %r1, %tid, 1000;
  st.shared.u32 [%r0], %r1;
  cvt.u64.u32 %w0, %r0;
  cvta.shared.u64 %w0, %w0;
  mad.wide.u32 %at0, %tid, 4, %a;
  and.b32 %r2, %tid, 1;
  setp.ne.u32 %p0, %r2, 0;
  selp.b64 %w1, %w0, %at0, %p0;
  ld.u32 %r3, [%w1];
  mad.wide.u32 %at1, %tid, 4, %b;
  st.u32 [%at1], %r3;
)",
                      128};
  Bench bench;
  const std::uint64_t b = bench.empty(128);
  REQUIRE(!bench.run(kernel, {}, bench.buffer(count_up(32)), b));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  const auto result = bench.words(b, 32);
  for (std::uint32_t i = 0; i < 32; ++i) CHECK(result[i] == (i % 2 == 0 ? i : 1000 + i));
}

TEST_CASE("local memory is a thread's own and has bounds") {
  const std::string head = R"(
  .local .align 4 .b8 own[8];
  mov.u64 %w0, own;
  st.local.u32 [own], %tid;
)";
  const std::string tail = "mad.wide.u32 %at0, %tid, 4, %a; st.global.u32 [%at0], %r1;";
  Bench bench;
  const std::uint64_t a = bench.empty(128);
  REQUIRE(!bench.run({head + "ld.local.u32 %r1, [own];" + tail}, {}, a));
  CHECK(bench.words(a, 32) == count_up(32));
  CHECK(bench.run({head + "ld.local.u32 %r1, [%w0+8];" + tail}, {}, a) == Fault::kLocalBounds);
}

TEST_CASE("constant memory and parameters cannot be written or overrun") {
  Bench bench;
  const std::uint64_t table = bench.device.memory().allocate(128, "constant", true);
  bench.device.memory().write(table, 128);
  CHECK(bench.run({"st.global.u32 [%a], %tid;"}, {}, table) == Fault::kReadOnlyWrite);
  CHECK_THAT(bench.only().message, contains("constant memory, allocation 1 (constant"));
  Bench overrun;
  CHECK(overrun.run({"ld.param.u32 %r0, [pn+4];"}, {}) == Fault::kParameterBounds);
  CHECK_THAT(overrun.only().message, contains("at byte 20 of the kernel's parameters of 20 bytes"));
}

TEST_CASE("atomics of all lanes on one word, each seeing the one before") {
  const Kernel kernel{R"(
  atom.global.add.u32 %r0, [%a], 2;
  mad.wide.u32 %at0, %thread, 4, %b;
  st.global.u32 [%at0], %r0;
)"};
  Bench bench;
  const std::uint64_t a = bench.buffer({5});
  const std::uint64_t b = bench.empty(64 * 4);
  REQUIRE(!bench.run(kernel, {{2, 1, 1}, {32, 1, 1}}, a, b));
  INFO(bench.text());
  CHECK(bench.reports().empty());
  CHECK(bench.words(a, 1)[0] == 5 + 2 * 64);
  const auto old = bench.words(b, 64);
  for (std::uint32_t i = 0; i < 64; ++i) CHECK(old[i] == 5 + 2 * i);
}

TEST_CASE("reports of one kind are counted, and there is an end to them") {
  Reports reports;
  Report report;
  report.fault = Fault::kGlobalBounds;
  report.kernel = "kernel";
  report.where = "a.cu:1";
  report.message = "first";
  CHECK(reports.add(report) == 0);
  report.message = "second";  // same fault, kernel and place
  CHECK(reports.add(report) == 0);
  report.fault = Fault::kUninitialised;
  CHECK(reports.add(report) == 1);
  REQUIRE(reports.all().size() == 2);
  CHECK(reports.all()[0].message == "first");
  CHECK(reports.all()[0].times == 2);
  CHECK(to_string(reports.all()[0]) ==
        "[global bounds] a.cu:1 in kernel, block (0,0,0) thread (0,0,0): first (2 times)");

  Report host;
  host.where = "cudaMemcpy";
  for (unsigned i = 0; i < 2000; ++i) {
    host.message = "message " + std::to_string(i);
    reports.add(host);
  }
  CHECK(reports.all().size() == 1001);
  CHECK(reports.all().back().times == 1002);
}

}  // namespace cuda_sim::test
