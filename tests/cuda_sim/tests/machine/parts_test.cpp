// The machine's small parts on their own.
#include <array>
#include <set>

#include "tests/cuda_sim/machine/clocks.h"
#include "tests/cuda_sim/machine/serial_set.h"
#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/machine/touch.h"
#include "tests/cuda_sim/machine/written_bits.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {

TEST_CASE("sets of serials are what a set of numbers would be") {
  SerialSet ranges;
  std::set<std::uint32_t> plain;
  std::uint32_t random = 1;
  for (int i = 0; i < 60; ++i) {
    random = random * 1664525U + 1013904223U;
    const std::uint32_t first = 10 + (random >> 16) % 400;
    const std::uint32_t last = first + (random >> 8) % 7;
    ranges.add(first, last);
    for (std::uint32_t serial = first; serial <= last; ++serial) plain.insert(serial);
  }
  SerialSet copy;
  copy.add(5, 6);
  copy.add(ranges);
  for (std::uint32_t serial = 1; serial < 450; ++serial) {
    CHECK(ranges.contains(serial) == (plain.count(serial) == 1));
    CHECK(copy.contains(serial) == (plain.count(serial) == 1 || serial == 5 || serial == 6));
    bool all = true;
    for (std::uint32_t next = serial; next < serial + 5; ++next) all &= plain.count(next) == 1;
    CHECK(ranges.covers(serial, serial + 4) == all);
  }
}

TEST_CASE("written bits at the ends of their words") {
  std::array<std::uint64_t, 4> words{};
  const WrittenBits untouched(words.data());
  CHECK(untouched.first_unwritten(7, 7) == 7);
  CHECK(untouched.first_unwritten(63, 65) == 63);
  WrittenBits bits(words.data());
  bits.mark(60, 129);
  CHECK(bits.first_unwritten(60, 129) == 129);
  CHECK(bits.first_unwritten(59, 129) == 59);
  CHECK(bits.first_unwritten(60, 131) == 129);
  CHECK(bits.first_unwritten(64, 128) == 128);
  bits.mark(192, 256);
  CHECK(bits.first_unwritten(128, 256) == 129);
  CHECK(bits.first_unwritten(192, 256) == 256);
}

TEST_CASE("lanes side by side make one segment") {
  std::uint64_t addresses[kLanes];
  Segment out[kLanes];
  for (unsigned i = 0; i < kLanes; ++i) addresses[i] = 1000 + 8 * i;
  REQUIRE(find_segments(kAllLanes, addresses, 8, true, out) == 1);
  CHECK(out[0].lanes == 32);
  CHECK(find_segments(kAllLanes, addresses, 4, true, out) == 32);
  REQUIRE(find_segments(0x0000ff0eU, addresses, 8, true, out) == 2);
  CHECK(out[0].lane == 1);
  CHECK(out[0].lanes == 3);
  CHECK(out[0].address == 1008);
  CHECK(out[1].lane == 8);
  CHECK(out[1].lanes == 8);

  for (std::uint64_t& address : addresses) address = 640;
  REQUIRE(find_segments(0xf0U, addresses, 4, true, out) == 1);
  CHECK(out[0].same == 0xf0U);
  CHECK(out[0].lanes == 4);
  CHECK(find_segments(0xf0U, addresses, 4, false, out) == 4);
  CHECK(out[3].lane == 7);
}

TEST_CASE("clocks of two warps and of the lanes of one") {
  WarpClock first(0);
  WarpClock second(1);
  first.reset();
  second.reset();
  const std::uint32_t written = Stamp::make(0, 3, first.now());
  CHECK(first.before(written, Stamp::make(0, 3, first.now())));
  CHECK(!first.before(written, Stamp::make(0, 4, first.now())));
  CHECK(!second.before(written, Stamp::make(1, 3, second.now())));
  // Lanes 3 and 4 meet, then 4 and 5: 5 comes after 3 through 4, 6 does not.
  first.synchronise(0x18U);
  first.synchronise(0x30U);
  CHECK(first.before(written, Stamp::make(0, 4, first.now())));
  CHECK(first.before(written, Stamp::make(0, 5, first.now())));
  CHECK(!first.before(written, Stamp::make(0, 6, first.now())));
  CHECK(!first.before(Stamp::make(0, 3, first.now()), Stamp::make(0, 4, first.now())));
  first.synchronise();
  CHECK(first.before(written, Stamp::make(0, 6, first.now())));
  // The second warp learns of it through what the first published, and of nothing later.
  SeenClocks seen{};
  first.publish(&seen);
  const std::uint32_t later = Stamp::make(0, 3, first.now());
  second.acquire(seen);
  CHECK(second.before(written, Stamp::make(1, 0, second.now())));
  CHECK(!second.before(later, Stamp::make(1, 0, second.now())));
}

TEST_CASE("words for reports") {
  CHECK(counted(1, "byte") == "1 byte");
  CHECK(counted(0, "byte") == "0 bytes");
  CHECK(counted(1234567, "byte") == "1,234,567 bytes");
  CHECK(hexadecimal(0x10) == "0x10");
  CHECK(lanes_text(0x8U) == "lane 3");
  CHECK(lanes_text(0xffffffffU) == "lanes 0-31");
  CHECK(lanes_text(0x8000000fU) == "lanes 0-3 and 31");
  CHECK(lanes_text(0x15U) == "lanes 0, 2 and 4");
}

}  // namespace cuda_sim::test
