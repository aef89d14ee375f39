#include "bench/statistics.h"

#include "engine/base/error.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::bench;

TEST_CASE("median, least and most of odd, even and single counts") {
  const Spread odd = spread_of({5, 1, 9, 3, 7});
  CHECK(odd.median == 5);
  CHECK(odd.least == 1);
  CHECK(odd.most == 9);
  CHECK(spread_of({4, 1, 3, 10}).median == 3.5);
  const Spread one = spread_of({2});
  CHECK(one.median == 2);
  CHECK(one.least == 2);
  CHECK(one.most == 2);
}

TEST_CASE("a measurement without values is a bug, not a number") {
  CHECK_THROWS_AS(spread_of({}), Error);
}

TEST_CASE("one run is not timed") {
  int runs = 0;
  const std::vector<double> seconds = time_of(3, [&] { ++runs; });
  CHECK(runs == 4);
  REQUIRE(seconds.size() == 3);
  for (const double each : seconds) CHECK(each >= 0);
}
