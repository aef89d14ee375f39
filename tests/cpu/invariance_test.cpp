// The bits of a row depend on its image and its weights only.
#include <cmath>

#include "engine/backend/cpu/cpu_backend.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::vector<std::size_t> kOrder = {3, 11, 0, 18, 7};

}  // namespace

TEST_CASE("rows have the same bits at any batch size, order and thread count") {
  const ConvertedModel model("multihead_zip");
  const Request request = everything(*model);
  const auto expected = run(*cpu::open_cpu_backend(1), *model, request, kOrder, 5);
  const std::size_t columns = request.columns;
  for (const unsigned threads : {1u, 2u, 3u}) {
    const auto backend = cpu::open_cpu_backend(threads);
    for (const std::size_t batch : {1u, 2u, 3u, 8u}) {
      INFO(threads << " threads, batch " << batch);
      CHECK(run(*backend, *model, request, kOrder, batch) == expected);
    }
    const auto reversed = run(*backend, *model, request, {7, 18, 0, 11, 3}, 2);
    for (std::size_t t = 0; t < expected.size(); ++t) {
      for (std::size_t n = 0; n < 5; ++n) {
        for (std::size_t c = 0; c < columns; ++c) {
          REQUIRE(reversed[t][(4 - n) * columns + c] == expected[t][n * columns + c]);
        }
      }
    }
  }
}

TEST_CASE("selected rows and subjects have the bits of the full run") {
  const ConvertedModel model("multihead_zip");
  const auto backend = cpu::open_cpu_backend(2);
  const auto full = run(*backend, *model, everything(*model), kOrder, 2);
  Request request = everything(*model);
  request.targets = {request.targets[1]};
  request.rows = {0, 1, 5, 48, 97, 98, 299};
  request.columns = 7;
  const auto some = run(*backend, *model, request, kOrder, 2);
  REQUIRE(some.size() == 1);
  for (std::size_t n = 0; n < kOrder.size(); ++n) {
    for (std::size_t i = 0; i < 7; ++i) {
      REQUIRE(some[0][n * 7 + i] == full[1][n * 300 + request.rows[i]]);
    }
  }
}

TEST_CASE("expanded rows hold the selected values and NaN elsewhere") {
  const ConvertedModel model("multihead_zip");
  const auto backend = cpu::open_cpu_backend(2);
  Request packed = everything(*model);
  packed.rows = {2, 3, 150};
  packed.columns = 3;
  Request expanded = packed;
  expanded.columns = 1000;
  expanded.positions = {0, 500, 999};
  const auto narrow = run(*backend, *model, packed, kOrder, 3);
  const auto wide = run(*backend, *model, expanded, kOrder, 3);
  for (std::size_t t = 0; t < 2; ++t) {
    for (std::size_t n = 0; n < kOrder.size(); ++n) {
      std::size_t next = 0;
      for (std::size_t c = 0; c < 1000; ++c) {
        const float value = wide[t][n * 1000 + c];
        if (next < 3 && c == expanded.positions[next]) {
          REQUIRE(value == narrow[t][n * 3 + next]);
          ++next;
        } else {
          REQUIRE(std::isnan(value));
        }
      }
    }
  }
}
