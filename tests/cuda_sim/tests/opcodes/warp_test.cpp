// Exchanges between lanes, against the definitions of CUDA's warp intrinsics.
#include <algorithm>
#include <functional>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using corticast::test::contains;

namespace {

Lanes lanes(const std::function<std::uint32_t(unsigned)>& value) {
  Lanes result{};
  for (unsigned i = 0; i < 32; ++i) result[i] = value(i);
  return result;
}

Lanes all(std::uint32_t value) {
  return lanes([=](unsigned) { return value; });
}

const Lanes kValues = lanes([](unsigned i) { return 1000 + 37 * i; });

// d and p of shfl.sync.<mode>.b32 with a = kValues.
WarpResult shuffle(const std::string& mode, const Lanes& b, const Lanes& c,
                   const std::string& members = "0xffffffff") {
  WarpKernel kernel;
  kernel.body = "shfl.sync." + mode + ".b32 %o0|%p1, %i0, %i1, %i2, " + members +
                ";\n selp.u32 %o1, 1, 0, %p1;";
  kernel.inputs = {kValues, b, c};
  kernel.outputs = 2;
  return run(kernel);
}

// The lane that CUDA's __shfl_*_sync(.., width) reads; -1: itself, because out of range.
int expected_source(const std::string& mode, int lane, int b, int width) {
  const int segment = lane / width * width;
  if (mode == "up") return lane - b < segment ? -1 : lane - b;
  if (mode == "down") return lane + b >= segment + width ? -1 : lane + b;
  if (mode == "bfly") return (lane ^ b) >= segment + width ? -1 : lane ^ b;
  return segment + b % width;
}

void check_shuffle(const std::string& mode, const Lanes& b, unsigned width) {
  const std::uint32_t clamp = ((32 - width) << 8) | (mode == "up" ? 0U : 31U);
  const WarpResult result = shuffle(mode, b, all(clamp));
  INFO(mode << " width " << width << " " << result.text());
  CHECK(result.reports.empty());
  for (unsigned i = 0; i < 32; ++i) {
    const int from =
        expected_source(mode, static_cast<int>(i), static_cast<int>(b[i]), static_cast<int>(width));
    INFO("lane " << i << " b " << b[i]);
    CHECK(result.outputs[0][i] == kValues[from < 0 ? i : static_cast<unsigned>(from)]);
    CHECK(result.outputs[1][i] == (from < 0 ? 0U : 1U));
  }
}

// Runs a one-output opcode on two inputs.
Lanes one_result(const std::string& body, const std::vector<Lanes>& inputs) {
  WarpKernel kernel;
  kernel.body = body;
  kernel.inputs = inputs;
  const WarpResult result = run(kernel);
  INFO(body << "\n" << result.text());
  CHECK(result.reports.empty());
  return result.outputs[0];
}

}  // namespace

TEST_CASE("shfl.sync reads the lane that its mode names, within its segment") {
  for (const std::string mode : {"up", "down", "bfly", "idx"}) {
    for (const unsigned width : {32U, 16U, 8U, 2U, 1U}) {
      for (const std::uint32_t b : {0U, 1U, 3U, 16U, 31U}) check_shuffle(mode, all(b), width);
      check_shuffle(mode, lanes([](unsigned i) { return (7 * i + 3) % 32; }), width);
    }
  }
}

TEST_CASE("shfl.sync takes five bits of b, and a clamp that is no power of two") {
  const WarpResult wide = shuffle("down", all(33), all(31));
  CHECK(wide.outputs[0][4] == kValues[5]);
  // Clamp 9: lanes read up to lane 9.
  const WarpResult clamped = shuffle("down", all(4), all(9));
  for (unsigned i = 0; i < 32; ++i) {
    CHECK(clamped.outputs[0][i] == kValues[i + 4 <= 9 ? i + 4 : i]);
    CHECK(clamped.outputs[1][i] == (i + 4 <= 9 ? 1U : 0U));
  }
}

TEST_CASE("shfl.sync without a predicate, onto its own source") {
  WarpKernel kernel;
  kernel.body = "mov.b32 %o0, %i0;\n shfl.sync.bfly.b32 %o0, %o0, 1, 0x1f, -1;";
  kernel.inputs = {kValues};
  const WarpResult result = run(kernel);
  CHECK(result.reports.empty());
  for (unsigned i = 0; i < 32; ++i) CHECK(result.outputs[0][i] == kValues[i ^ 1U]);
}

TEST_CASE("shfl.sync among the members of a mask") {
  WarpKernel kernel;
  kernel.body =
      "mov.u32 %o0, 7;\n setp.lt.u32 %p1, %lane, 16;\n"
      "@%p1 shfl.sync.idx.b32 %o0, %i0, 5, 0x1f, 0xffff;";
  kernel.inputs = {kValues};
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  for (unsigned i = 0; i < 32; ++i) CHECK(result.outputs[0][i] == (i < 16 ? kValues[5] : 7U));
}

TEST_CASE("shfl.sync from a lane that takes no part is reported") {
  WarpKernel kernel;
  kernel.body =
      "mov.u32 %o0, 0;\n setp.lt.u32 %p1, %lane, 16;\n"
      "@%p1 shfl.sync.idx.b32 %o0, %i0, 20, 0x1f, 0xffff;";
  kernel.inputs = {kValues};
  const WarpResult result = run(kernel);
  CHECK(result.has(Fault::kInactiveLane));
  CHECK_THAT(result.text(), contains("reads lane 20"));
}

TEST_CASE("A lane outside its own member mask is reported") {
  const WarpResult result = shuffle("idx", all(0), all(31), "0x0000ffff");
  CHECK(result.has(Fault::kInactiveLane));
}

TEST_CASE("vote.sync") {
  struct Case {
    std::uint32_t yes;
    bool all, any, uniform;
  };
  for (const Case& test :
       {Case{0xffffffffU, true, true, true}, Case{0, false, false, true},
        Case{0x80000000U, false, true, false}, Case{0x7fffffffU, false, true, false}}) {
    const Lanes input = lanes([&](unsigned i) { return test.yes >> i & 1U; });
    const std::string set = "setp.ne.u32 %p1, %i0, 0;\n";
    const std::string get = ";\n selp.u32 %o0, 1, 0, %p2;";
    const std::string of_p1 = ".pred %p2, %p1, 0xffffffff";
    CHECK(one_result(set + "vote.sync.all" + of_p1 + get, {input}) == all(test.all ? 1 : 0));
    CHECK(one_result(set + "vote.sync.any" + of_p1 + get, {input}) == all(test.any ? 1 : 0));
    CHECK(one_result(set + "vote.sync.uni" + of_p1 + get, {input}) == all(test.uniform ? 1 : 0));
    CHECK(one_result(set + "vote.sync.ballot.b32 %o0, %p1, 0xffffffff;", {input}) == all(test.yes));
    CHECK(one_result(set + "vote.sync.ballot.b32 %o0, !%p1, 0xffffffff;", {input}) ==
          all(~test.yes));
  }
}

TEST_CASE("vote.sync counts the members only") {
  const std::string body =
      "setp.ge.u32 %p1, %lane, 8;\n setp.ne.u32 %p2, %i0, 0;\n mov.u32 %o0, 5;\n"
      "@%p1 vote.sync.ballot.b32 %o0, %p2, 0xffffff00;";
  const Lanes input = lanes([](unsigned i) { return i % 3 == 0 ? 1U : 0U; });
  std::uint32_t expected = 0;
  for (unsigned i = 8; i < 32; ++i) expected |= (i % 3 == 0 ? 1U : 0U) << i;
  CHECK(one_result(body, {input}) == lanes([&](unsigned i) { return i < 8 ? 5U : expected; }));
}

TEST_CASE("match.sync") {
  const Lanes groups = lanes([](unsigned i) { return i * i % 7; });
  const auto same = [&](unsigned lane, const Lanes& values) {
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < 32; ++i) mask |= (values[i] == values[lane] ? 1U : 0U) << i;
    return mask;
  };
  CHECK(one_result("match.any.sync.b32 %o0, %i0, 0xffffffff;", {groups}) ==
        lanes([&](unsigned i) { return same(i, groups); }));
  // The high words decide, the low ones are all equal.
  CHECK(one_result("mov.b64 %w1, {%i1, %i0};\n match.any.sync.b64 %o0, %w1, 0xffffffff;",
                   {groups, all(4)}) == lanes([&](unsigned i) { return same(i, groups); }));
  const std::string match_all =
      "match.all.sync.b32 %t1|%p1, %i0, 0xffffffff;\n selp.u32 %t2, 1, 2, %p1;\n"
      "xor.b32 %o0, %t1, %t2;";
  CHECK(one_result(match_all, {groups}) == all(2));
  CHECK(one_result(match_all, {all(9)}) == all(0xfffffffeU));
  CHECK(one_result("mov.b64 %w1, {%i1, %i0};\n match.all.sync.b64 %o0, %w1, 0xffffffff;",
                   {groups, all(4)}) == all(0));
  CHECK(one_result("mov.b64 %w1, {%i1, %i0};\n match.all.sync.b64 %o0, %w1, 0xffffffff;",
                   {all(3), all(4)}) == all(0xffffffffU));
}

TEST_CASE("redux.sync") {
  const Lanes values = lanes([](unsigned i) { return 0x9e3779b9U * (i + 1) ^ (i << 27); });
  std::int64_t sum = 0;
  std::uint32_t conjunction = ~0U;
  std::uint32_t disjunction = 0;
  std::uint32_t parity = 0;
  std::vector<std::int32_t> as_signed;
  for (const std::uint32_t x : values) {
    sum += x;
    conjunction &= x;
    disjunction |= x;
    parity ^= x;
    as_signed.push_back(static_cast<std::int32_t>(x));
  }
  const auto redux = [&](const std::string& form) {
    return one_result("redux.sync." + form + " %o0, %i0, 0xffffffff;", {values});
  };
  const auto signed_low = *std::min_element(as_signed.begin(), as_signed.end());
  const auto signed_high = *std::max_element(as_signed.begin(), as_signed.end());
  REQUIRE(signed_low < 0);
  CHECK(redux("add.u32") == all(static_cast<std::uint32_t>(sum)));
  CHECK(redux("add.s32") == all(static_cast<std::uint32_t>(sum)));
  CHECK(redux("min.u32") == all(*std::min_element(values.begin(), values.end())));
  CHECK(redux("max.u32") == all(*std::max_element(values.begin(), values.end())));
  CHECK(redux("min.s32") == all(static_cast<std::uint32_t>(signed_low)));
  CHECK(redux("max.s32") == all(static_cast<std::uint32_t>(signed_high)));
  CHECK(redux("and.b32") == all(conjunction));
  CHECK(redux("or.b32") == all(disjunction));
  CHECK(redux("xor.b32") == all(parity));
}

TEST_CASE("activemask and elect.sync in part of a warp") {
  WarpKernel kernel;
  kernel.sm = 90;
  kernel.body =
      "mov.u32 %o0, 0;\n mov.u32 %o1, 0;\n mov.u32 %o2, 0;\n and.b32 %t1, %lane, 4;\n"
      "setp.ne.u32 %p1, %t1, 0;\n @!%p1 bra done;\n activemask.b32 %o0;\n"
      "elect.sync %o1|%p2, 0xf0f0f0f0;\n selp.u32 %o2, 1, 0, %p2;\n done:";
  kernel.outputs = 3;
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  for (unsigned i = 0; i < 32; ++i) {
    const bool in = (i & 4U) != 0;
    CHECK(result.outputs[0][i] == (in ? 0xf0f0f0f0U : 0U));
    CHECK(result.outputs[1][i] == (in ? 4U : 0U));
    CHECK(result.outputs[2][i] == (i == 4 ? 1U : 0U));
  }
}

TEST_CASE("Warp opcodes that are not known are errors that name them") {
  for (const std::string opcode :
       {"shfl.up.b32 %o0, %i0, 1, 0", "shfl.sync.up.b64 %o0, %i0, 1, 0, -1",
        "vote.all.pred %p1, %p2", "redux.sync.add.f32 %o0, %i0, -1",
        "match.some.sync.b32 %o0, %i0, -1", "activemask.b64 %w1"}) {
    WarpKernel kernel;
    kernel.inputs = {kValues};
    kernel.body = opcode + ";";
    const std::string name = opcode.substr(0, opcode.find(' '));
    CHECK_THROWS_AS(run(kernel), UnknownOpcode);
    CHECK_THROWS_WITH(run(kernel), contains(name));
  }
}
