#include "tests/cuda_sim/tests/bugs/place.h"

#include <stdexcept>

#include "tests/support/catch.h"

using namespace cuda_sim::bugs;

// The words looked for in this file are put together, so that they stand in it only where meant.
TEST_CASE("a snippet is found by its file and line") {
  const std::string self = "tests/cuda_sim/tests/bugs/place_test.cpp";
  CHECK(place_in(self, std::string("#include <std") + "except>") == "place_test.cpp:3");
  CHECK_THROWS_AS(place_in(self, std::string("no such") + " words"), std::runtime_error);
  CHECK_THROWS_AS(place_in(self, "CHECK_THROWS"), std::runtime_error);
  CHECK_THROWS_AS(place("absent.cu", "x"), std::runtime_error);
}
