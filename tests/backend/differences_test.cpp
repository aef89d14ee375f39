// How two devices' responses are compared.
#include <cmath>

#include "engine/backend/check/response_differences.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kFp32 = 3e-6;

Request request_of(std::size_t targets, std::uint32_t columns) {
  Request request;
  for (std::size_t t = 0; t < targets; ++t) {
    request.targets.push_back({t, {}, "subject " + std::to_string(t)});
  }
  request.columns = columns;
  return request;
}

// One target's responses, [images, columns].
struct Batch {
  std::vector<float> values;
  const float* view = values.data();

  explicit Batch(std::vector<float> v) : values(std::move(v)) {}
  Responses responses(std::size_t columns) const {
    return {values.size() / columns, columns, {&view, 1}};
  }
};

ResponseDifferences compared(const std::vector<float>& got, const std::vector<float>& expected,
                             std::uint32_t columns) {
  ResponseDifferences differences(request_of(1, columns));
  const Batch a(got);
  const Batch b(expected);
  differences.add(a.responses(columns), b.responses(columns));
  return differences;
}

std::string text(const ResponseDifferences& differences) {
  std::string all;
  for (const std::string& line : differences.lines(kFp32)) all += line + "\n";
  return all;
}

}  // namespace

TEST_CASE("equal responses are within any bound") {
  const auto differences = compared({1, -2, NAN, INFINITY}, {1, -2, NAN, INFINITY}, 2);
  CHECK(differences.within(0));
  CHECK_THAT(text(differences), contains("2 images, 2 responses") && contains("none 100 %"));
}

TEST_CASE("differences are relative to the second device's RMS") {
  // RMS 5; one of four differs by 1e-3 of it: RMS of the differences 5e-4.
  const auto differences = compared({5, 5.005f, -5, 5}, {5, 5, -5, 5}, 2);
  CHECK(differences.within(5.01e-4));
  CHECK_FALSE(differences.within(4.99e-4));
  CHECK_THAT(text(differences), contains("RMS of the differences 5.0e-04"));
  CHECK_THAT(text(differences), contains("largest difference 1.0e-03") &&
                                    contains("image 0 (from 0), subject 0, column 1: 5.005") &&
                                    contains(" and 5"));
  CHECK_THAT(text(differences), contains("none 75 %") && contains("below 1e-2 25 %"));
}

TEST_CASE("one large difference among many is enough") {
  std::vector<float> expected(10000, 1.0f);
  std::vector<float> got = expected;
  got[7000] += 2e-4f;  // RMS 2e-6 is allowed, 2e-4 is more than 32 times 3e-6
  const auto differences = compared(got, expected, 100);
  CHECK_FALSE(differences.within(kFp32));
  CHECK_THAT(text(differences), contains("image 70 (from 0), subject 0, column 0"));
  got[7000] = 1 + 5e-5f;
  CHECK(compared(got, expected, 100).within(kFp32));
}

TEST_CASE("a number on one device only is a difference, NaN on both is none") {
  for (const float other : {1.0f, INFINITY, -INFINITY}) {
    for (const bool swap : {false, true}) {
      const std::vector<float> a = {1, NAN, 2};
      const std::vector<float> b = {1, other, 2};
      const auto differences = swap ? compared(b, a, 3) : compared(a, b, 3);
      CHECK_FALSE(differences.within(1e9));
      CHECK_THAT(text(differences), contains("1 times a number on one device only") &&
                                        contains("image 0 (from 0), subject 0, column 1"));
    }
  }
  CHECK_FALSE(compared({INFINITY}, {-INFINITY}, 1).within(1e9));
}

TEST_CASE("any answer where the other device says zero everywhere is a difference") {
  CHECK_FALSE(compared({1e-30f, 0}, {0, 0}, 2).within(1e9));
  CHECK(compared({0, 0}, {0, 0}, 2).within(0));
}

TEST_CASE("images are counted over batches, targets by their names") {
  ResponseDifferences differences(request_of(2, 1));
  const auto add = [&](std::vector<float> first, std::vector<float> second) {
    const std::vector<float> expected(first.size(), 1.0f);
    const float* got_views[] = {first.data(), second.data()};
    const float* expected_views[] = {expected.data(), expected.data()};
    differences.add({first.size(), 1, got_views}, {first.size(), 1, expected_views});
  };
  add({1, 1}, {1, 1});
  add({1, 1, 1}, {1, 1.5f, 1});
  CHECK_THAT(text(differences), contains("5 images, 10 responses") &&
                                    contains("image 3 (from 0), subject 1, column 0"));
}

TEST_CASE("a coarser precision may differ more") {
  CHECK(allowed_difference(Precision::kFp32) == 3e-6);
  CHECK(allowed_difference(Precision::kFp32Strict) == 3e-6);
  CHECK(allowed_difference(Precision::kTf32) == 5e-3);
  CHECK(allowed_difference(Precision::kFp16) == 5e-3);
  CHECK(allowed_difference(Precision::kBf16) == 3e-2);
}
