#include "engine/model/synthetic.h"

#include <cmath>

#include "engine/base/digest.h"
#include "tests/model/fixture.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

SyntheticModel recipe() {
  SyntheticModel model;
  model.features = 1;
  model.vertices = 70;
  model.subjects = {*parse_subject("NSD-02"), *parse_subject("GOD-05")};
  model.seed = 7;
  model.converter = "a test";
  return model;
}

// Model hash of recipe().
constexpr const char* kHash = "8f219286af9aee826f0da1a960d2f9c2b63851da743a182a7f5d3a26d9aea4ad";

double mean_square(const float* values, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += double{values[i]} * values[i];
  return sum / static_cast<double>(n);
}

}  // namespace

TEST_CASE("a synthetic model has the same weights on every machine") {
  const TemporaryFolder folder;
  CHECK(write_synthetic(folder / "m", recipe()) == kHash);
  SyntheticModel other = recipe();
  other.seed = 8;
  CHECK(write_synthetic(folder / "m", other) != kHash);
}

TEST_CASE("synthetic weights are marked untrained and have sensible sizes") {
  const TemporaryFolder folder;
  write_synthetic(folder / "m", recipe());
  const Model model(folder / "m");
  CHECK(model.info().untrained);
  CHECK_THAT(model.info().provenance.note, contains("seed 7"));
  const CoreLayer layer = model.verified_core()[2];
  CHECK(mean_square(layer.weight, 8 * 8 * 9) == Approx(2.0 / 72 / 0.85).epsilon(0.2));
  const Readout readout = model.verified_readout(1, all_rows(model.info()));
  for (std::size_t v = 0; v < 70; ++v) {
    CHECK(676 * mean_square(readout.spatial + v * 676, 676) == Approx(1.0).epsilon(1e-6));
  }
  CHECK(mean_square(readout.features, 70 * 8) == Approx(1.0 / 8).epsilon(0.2));
  CHECK(mean_square(readout.bias, 70) == Approx(0.01).epsilon(0.5));
}

TEST_CASE("a subject has the same synthetic readout in any company") {
  const TemporaryFolder folder;
  write_synthetic(folder / "both", recipe());
  SyntheticModel alone = recipe();
  alone.subjects.erase(alone.subjects.begin());
  write_synthetic(folder / "one", alone);
  const Model both(folder / "both");
  const Model one(folder / "one");
  const auto rows = all_rows(one.info());
  const Readout a = both.verified_readout(1, rows);
  const Readout b = one.verified_readout(0, rows);
  CHECK(std::equal(a.spatial, a.spatial + 70 * 676, b.spatial));
  CHECK(std::equal(a.features, a.features + 70 * 8, b.features));
  CHECK(std::equal(a.bias, a.bias + 70, b.bias));
}
