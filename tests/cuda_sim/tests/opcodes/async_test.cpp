// cp.async: what lands, how much of it, and when.
#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using corticast::test::contains;

namespace {

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::vector<std::uint32_t> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = 0x01010000U + static_cast<std::uint32_t>(i);
  return result;
}

// `copy`, the four words at %t1 are the outputs.
WarpKernel copy_kernel(const std::string& copy) {
  WarpKernel kernel;
  kernel.body =
      "mov.u32 %t1, tile;\n mad.lo.u32 %t1, %lane, 16, %t1;\n"
      "mad.wide.u32 %w1, %lane, 16, %buffer;\n mov.u32 %t2, 0xcccccccc;\n"
      "st.shared.v4.u32 [%t1], {%t2, %t2, %t2, %t2};\n" +
      copy + "\n ld.shared.v4.u32 {%o0, %o1, %o2, %o3}, [%t1];";
  kernel.outputs = 4;
  kernel.buffer = numbers(128);
  return kernel;
}

constexpr const char* kWait = "\n cp.async.commit_group;\n cp.async.wait_group 0;";

// Byte i of the 16 at a lane's place, from words.
template <class Word>
std::uint8_t byte_at(Word word, unsigned i) {
  return static_cast<std::uint8_t>(word(i / 4) >> (8 * (i % 4)));
}

// copied: bytes that came from the buffer; zeroed: bytes after them that are zero.
void check_bytes(const WarpResult& result, unsigned lane, unsigned copied, unsigned zeroed) {
  for (unsigned i = 0; i < 16; ++i) {
    const std::uint8_t found = byte_at([&](unsigned w) { return result.outputs[w][lane]; }, i);
    const std::uint8_t source = byte_at([&](unsigned w) { return 0x01010000U + 4 * lane + w; }, i);
    const std::uint8_t expected = i < copied            ? source
                                  : i < copied + zeroed ? std::uint8_t{0}
                                                        : std::uint8_t{0xcc};
    INFO("lane " << lane << " byte " << i);
    CHECK(found == expected);
  }
}

}  // namespace

TEST_CASE("cp.async copies 4, 8 or 16 bytes") {
  struct Case {
    std::string opcode;
    unsigned bytes;
  };
  for (const Case& test :
       {Case{"cp.async.ca.shared.global", 4}, Case{"cp.async.ca.shared.global", 8},
        Case{"cp.async.ca.shared.global", 16}, Case{"cp.async.cg.shared.global", 16},
        Case{"cp.async.cg.shared::cta.global.L2::128B", 16},
        Case{"cp.async.ca.shared::cta.global.L2::64B", 8}}) {
    const std::string copy =
        test.opcode + " [%t1], [%w1], " + std::to_string(test.bytes) + ";" + kWait;
    const WarpResult result = run(copy_kernel(copy));
    INFO(copy << "\n" << result.text());
    CHECK(result.reports.empty());
    for (unsigned lane = 0; lane < 32; ++lane) check_bytes(result, lane, test.bytes, 0);
  }
}

TEST_CASE("cp.async adds the offsets of both addresses") {
  const WarpResult result =
      run(copy_kernel("add.u32 %t3, %t1, -64;\n add.s64 %w2, %w1, -32;\n"
                      "cp.async.ca.shared.global [%t3+64], [%w2+32], 16;\n cp.async.wait_all;"));
  INFO(result.text());
  CHECK(result.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(result, lane, 16, 0);
}

TEST_CASE("cp.async with a source size fills the rest with zeros") {
  const WarpResult constant =
      run(copy_kernel(std::string("cp.async.cg.shared.global [%t1], [%w1], 16, 6;") + kWait));
  CHECK(constant.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(constant, lane, 6, 10);
  const WarpResult varying = run(copy_kernel(
      std::string("rem.u32 %t3, %lane, 9;\n cp.async.ca.shared.global [%t1], [%w1], 8, %t3;") +
      kWait));
  INFO(varying.text());
  CHECK(varying.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(varying, lane, lane % 9, 8 - lane % 9);
}

TEST_CASE("cp.async of no source bytes does not touch the source") {
  const WarpResult result =
      run(copy_kernel(std::string("mov.u64 %w2, 0;\n mov.u32 %t3, 0;\n"
                                  "cp.async.cg.shared.global [%t1], [%w2], 16, %t3;") +
                      kWait));
  INFO(result.text());
  CHECK(result.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(result, lane, 0, 16);
}

TEST_CASE("cp.async ignores the source where a predicate says so") {
  const WarpResult result =
      run(copy_kernel(std::string("and.b32 %t3, %lane, 1;\n setp.eq.u32 %p1, %t3, 1;\n"
                                  "cp.async.cg.shared.global [%t1], [%w1], 16, %p1;") +
                      kWait));
  INFO(result.text());
  CHECK(result.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) {
    check_bytes(result, lane, lane % 2 == 1 ? 0 : 16, lane % 2 == 1 ? 16 : 0);
  }
}

TEST_CASE("A source size above the copy size is reported") {
  const WarpResult result =
      run(copy_kernel(std::string("cp.async.ca.shared.global [%t1], [%w1], 8, 12;") + kWait));
  CHECK(result.has(Fault::kAsyncHazard));
  CHECK_THAT(result.text(), contains("above its 8 bytes"));
}

TEST_CASE("cp.async of some lanes only") {
  const WarpResult result =
      run(copy_kernel(std::string("setp.lt.u32 %p1, %lane, 3;\n"
                                  "@%p1 cp.async.cg.shared.global [%t1], [%w1], 16;") +
                      kWait));
  CHECK(result.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(result, lane, lane < 3 ? 16 : 0, 0);
}

TEST_CASE("wait_group completes all but the last groups") {
  const std::string two_groups =
      "cp.async.ca.shared.global [%t1], [%w1], 8;\n cp.async.commit_group;\n"
      "cp.async.ca.shared.global [%t1+8], [%w1+8], 8;\n cp.async.commit_group;\n";
  WarpKernel kernel =
      copy_kernel(two_groups + "cp.async.wait_group 1;\n" +
                  "ld.shared.v2.u32 {%t10, %t11}, [%t1];\n" + "cp.async.wait_group 0;");
  const WarpResult good = run(kernel);
  INFO(good.text());
  CHECK(good.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(good, lane, 16, 0);

  const WarpResult early = run(copy_kernel(two_groups + "cp.async.wait_group 1;"));
  CHECK(early.has(Fault::kAsyncHazard));
  const WarpResult none = run(copy_kernel(two_groups + "cp.async.wait_group 2;"));
  CHECK(none.has(Fault::kAsyncHazard));
}

TEST_CASE("wait_all completes what no group holds; wait_group does not") {
  const std::string copy = "cp.async.cg.shared.global [%t1], [%w1], 16;\n";
  const WarpResult good = run(copy_kernel(copy + "cp.async.wait_all;"));
  CHECK(good.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) check_bytes(good, lane, 16, 0);
  CHECK(run(copy_kernel(copy + "cp.async.wait_group 0;")).has(Fault::kAsyncHazard));
}

TEST_CASE("Copies of misaligned addresses and beyond the buffer are reported") {
  const std::string wait = kWait;
  CHECK(run(copy_kernel("cp.async.cg.shared.global [%t1], [%w1+4], 16;" + wait))
            .has(Fault::kMisaligned));
  CHECK(run(copy_kernel("cp.async.cg.shared.global [%t1+8], [%w1], 16;" + wait))
            .has(Fault::kMisaligned));
  CHECK(run(copy_kernel("cp.async.cg.shared.global [%t1], [%w1+512], 16;" + wait))
            .has(Fault::kGlobalBounds));
  CHECK(run(copy_kernel("cp.async.cg.shared.global [%t1+65536], [%w1], 16;" + wait))
            .has(Fault::kSharedBounds));
}

TEST_CASE("Asynchronous copies that are not known are errors that name them") {
  for (const std::string opcode :
       {"cp.async.cg.shared.global [%t1], [%w1], 8", "cp.async.ca.shared.global [%t1], [%w1], 12",
        "cp.async.ca.global.shared [%w1], [%t1], 16",
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%t1], [%w1], 16, [%t2]",
        "cp.async.cg.shared.global.L2::cache_hint [%t1], [%w1], 16, %w2",
        "cp.async.mbarrier.arrive.shared.b64 [%t1]", "cp.async.ca.shared.global [%t1], [%w1], %t3",
        "mbarrier.init.shared.b64 [%t1], 1"}) {
    const std::string name = opcode.substr(0, opcode.find(' '));
    INFO(opcode);
    CHECK_THROWS_AS(run(copy_kernel(opcode + ";")), UnknownOpcode);
    CHECK_THROWS_WITH(run(copy_kernel(opcode + ";")), contains(name));
  }
  WarpKernel old = copy_kernel("cp.async.commit_group;");
  old.sm = 75;
  CHECK_THROWS_WITH(run(old), contains("sm_80"));
}
