#include "engine/atlas/noise_ceiling.h"

#include <cmath>

#include "engine/atlas/resolve.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/model/synthetic.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// Visual vertices every 30th, NSD-01 and THINGS-02, who has no artificial ceilings.
SyntheticModel facts() {
  SyntheticModel model;
  model.features = 1;
  model.vertex_set = "visual";
  for (const std::int32_t g : vertex_list(VertexSet::kVisual)) {
    if (g % 30 == 0) model.grayordinates.push_back(g);
  }
  model.vertices = static_cast<std::uint32_t>(model.grayordinates.size());
  model.subjects = {*parse_subject("NSD-01"), *parse_subject("THINGS-02")};
  model.metadata = true;
  return model;
}

std::vector<std::uint32_t> passing(const Model& model, const std::vector<std::size_t>& readouts,
                                   float least) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t v = 0; v < model.info().vertices; ++v) {
    bool all = true;
    for (const std::size_t r : readouts) {
      const auto g = static_cast<std::size_t>(model.info().grayordinates[v]);
      all = all && model.metadata(r).noise_ceilings[3][g] >= least;
    }
    if (all) rows.push_back(v);
  }
  return rows;
}

}  // namespace

TEST_CASE("a noise ceiling leaves the vertices that reach it in every subject asked for") {
  const TemporaryFolder folder;
  write_synthetic(folder / "m", facts());
  const Model model(folder / "m");
  RequestSpec spec;
  spec.min_noise_ceiling = "test_n-avg:0.4";
  const Request both = resolve_request(model, spec);
  CHECK(both.rows == passing(model, {0, 1}, 0.4f));
  CHECK(both.labels.roi.size() == both.rows.size());
  REQUIRE(both.notes.size() == 1);
  CHECK_THAT(both.notes[0], contains(" of 259 vertices have a noise ceiling test_n-avg of at least "
                                     "0.4 in every one of 2 subjects"));
  spec.subjects = "THINGS-02";
  const Request one = resolve_request(model, spec);
  CHECK(one.rows == passing(model, {1}, 0.4f));
  CHECK(one.rows.size() > both.rows.size());

  spec.roi = {"V1"};
  const Request part = resolve_request(model, spec);
  CHECK_FALSE(part.rows.empty());
  CHECK(part.rows.size() < one.rows.size());
  for (const std::uint32_t row : part.rows) {
    CHECK(std::find(one.rows.begin(), one.rows.end(), row) != one.rows.end());
  }
  spec.reduce = "roi-mean";
  CHECK(resolve_request(model, spec).rows == part.rows);
  spec.reduce = "";
  spec.expand = true;
  CHECK(resolve_request(model, spec).positions.size() == part.rows.size());
}

TEST_CASE("noise ceilings that cannot be asked for are refused with the remedy") {
  const TemporaryFolder folder;
  SyntheticModel known = facts();
  write_synthetic(folder / "m", known);
  known.metadata = false;
  write_synthetic(folder / "bare", known);
  known.vertex_set = "none";
  known.grayordinates.clear();
  write_synthetic(folder / "none", known);
  const auto refusal = [&](const char* name, const std::string& text) -> std::string {
    RequestSpec spec;
    spec.min_noise_ceiling = text;
    try {
      (void)resolve_request(Model(folder / name), spec);
      return "";
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kUsage);
      return std::string(error.what()) + " " + error.hint();
    }
  };
  CHECK(refusal("m", "test_n-1_noiseceiling:0") == "");
  CHECK_THAT(refusal("m", "test:0.1"), contains("'test' is no noise ceiling"));
  for (const char* text :
       {"test_n-1", "test_n-1:", "test_n-1:x", "test_n-1:0.1x", "test_n-1:nan"}) {
    CHECK_THAT(refusal("m", text), contains("is no threshold"));
  }
  CHECK_THAT(refusal("m", "test_n-1:1.5"),
             contains("none of 259 vertices") && contains("one subject at a time"));
  CHECK_THAT(
      refusal("m", "artificial_n-1:0"),
      contains("no noise ceiling artificial_n-1 of THINGS-02 It holds test_n-1, test_n-avg"));
  CHECK_THAT(refusal("bare", "test_n-1:0"), contains("corticast-weights metadata MODEL"));
  CHECK_THAT(refusal("none", "test_n-1:0"), contains("this model has no atlas"));
}
