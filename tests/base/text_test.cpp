#include "engine/base/text.h"

#include "tests/support/catch.h"

using namespace corticast;

TEST_CASE("split_list trims and drops empty pieces") {
  CHECK(split_list(" a, b ,,c") == std::vector<std::string>{"a", "b", "c"});
  CHECK(split_list("").empty());
  CHECK(split_list("one") == std::vector<std::string>{"one"});
}

TEST_CASE("nearest suggests only what is near") {
  CHECK(nearest("L_v1", {"L_V1", "R_V1", "L_V2"}) == "L_V1");
  CHECK(nearest("NSD-1O", {"NSD-01", "GOD-01"}) == "NSD-01");
  CHECK(nearest("something-else", {"L_V1", "R_V1"}).empty());
}

TEST_CASE("parse_number takes whole unsigned decimals only") {
  unsigned value = 0;
  CHECK((parse_number("17", value) && value == 17));
  CHECK_FALSE(parse_number("", value));
  CHECK_FALSE(parse_number("-1", value));
  CHECK_FALSE(parse_number("1x", value));
  CHECK_FALSE(parse_number("4294967296", value));
}

TEST_CASE("grouped writes digits in threes") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(57051) == "57,051");
  CHECK(grouped(1936995552) == "1,936,995,552");
}

TEST_CASE("is_utf8 refuses what a strict decoder refuses") {
  CHECK(is_utf8("plain"));
  CHECK(is_utf8("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xB1"));
  CHECK_FALSE(is_utf8("\xC3"));              // cut short
  CHECK_FALSE(is_utf8("\xFF"));              // no such lead byte
  CHECK_FALSE(is_utf8("\xC0\x80"));          // overlong
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
}
