// Against NumPy, SciPy and scikit-learn in float64 on awkward data: data/analysis/generate.py.
#include <cmath>
#include <limits>
#include <map>

#include "engine/analysis/areas_table.h"
#include "engine/analysis/contrast.h"
#include "engine/analysis/map_views.h"
#include "engine/analysis/precision_recall.h"
#include "engine/analysis/score.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::map<std::string, Array>& goldens() {
  static const std::map<std::string, Array> arrays = load_npz(data_path("analysis/statistics.npz"));
  return arrays;
}

MemoryMaps maps_of(const std::string& name) {
  const Array& array = goldens().at(name);
  const auto images = static_cast<std::size_t>(array.shape[0]);
  std::vector<std::string> names(images);
  for (std::size_t i = 0; i < images; ++i) names[i] = std::to_string(i);
  const float* const values = array.as<float>();
  return {std::move(names),
          static_cast<std::size_t>(array.shape[1]),
          {},
          std::vector<float>(values, values + array.items())};
}

// Both nothing, or equal to a millionth.
bool agrees(double ours, double golden) {
  if (std::isnan(golden) || std::isnan(ours)) return std::isnan(golden) && std::isnan(ours);
  return std::abs(ours - golden) <= 1e-6 * std::max(1e-15, std::abs(golden));
}

// The first place where two rows differ, "" if there is none.
std::string difference(const std::vector<float>& ours, const double* golden, std::size_t step = 1) {
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (agrees(double{ours[i]}, golden[i * step])) continue;
    return "vertex " + std::to_string(i) + ": " + std::to_string(ours[i]) + ", golden " +
           std::to_string(golden[i * step]);
  }
  return "";
}

}  // namespace

TEST_CASE("scores equal SciPy's and scikit-learn's") {
  const MemoryMaps x = maps_of("x");
  const MemoryMaps y = maps_of("y");
  const Scores scores = score_maps(x, y);
  const double* const golden = goldens().at("scores").as<double>();
  const std::size_t n = x.columns();
  CHECK(difference(scores.r, golden) == "");
  CHECK(difference(scores.r2, golden + n) == "");
  // 1e-6 of what is left of 1 - 0.999999: both sides round there.
  for (std::size_t c = 0; c < n; ++c) {
    const double ours = double{scores.explained_variance[c]};
    INFO("vertex " << c << " " << ours << " " << golden[2 * n + c]);
    CHECK((agrees(ours, golden[2 * n + c]) || std::abs(ours - golden[2 * n + c]) < 1e-9));
  }
  CHECK(difference(scores.n, golden + 3 * n) == "");
  CHECK(scores.images == 150);
  CHECK(scores.images_without_value == 1);
  CHECK(scores.constant == 3);
}

TEST_CASE("scores of one image and of none are no numbers") {
  const MemoryMaps x = maps_of("x");
  const MemoryMaps y = maps_of("y");
  const SelectedMaps one_x(x, {0}, {0, 1});
  const SelectedMaps one_y(y, {0}, {0, 1});
  const Scores one = score_maps(one_x, one_y);
  CHECK((std::isnan(one.r[0]) && one.n[0] == 1.0F && one.constant == 0));
  const SelectedMaps no_x(x, {}, {0});
  CHECK(std::isnan(score_maps(no_x, no_x).r2[0]));
}

TEST_CASE("scores are normalised by ceilings above the floor") {
  const float none = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> ceiling = {25, 4, none, 0, 100};
  CHECK(ceilings_as_fractions(ceiling, "file"));
  const std::vector<float> r = {0.4F, 0.4F, 0.4F, 0.4F, -0.5F};
  const NormalisedScores scores = normalise_scores(r, ceiling, 0.05);
  CHECK(scores.r[0] == Approx(0.8));
  CHECK(scores.r_squared[0] == Approx(0.64));
  CHECK(scores.r[4] == Approx(-0.5));
  CHECK((std::isnan(scores.r[1]) && std::isnan(scores.r[2]) && std::isnan(scores.r_squared[3])));
  CHECK(scores.below_floor == 2);
  CHECK(scores.without == 1);
  ceiling[0] = -1;
  CHECK_THROWS_AS(ceilings_as_fractions(ceiling, "file"), Error);
}

TEST_CASE("contrasts equal NumPy's, and SciPy's where two groups are compared") {
  const MemoryMaps y = maps_of("y");
  const std::int64_t* const of_image = goldens().at("category").as<std::int64_t>();
  Categories categories{{"a", "b", "c", "d", "single"}, {}};
  for (std::size_t i = 0; i < y.names().size(); ++i) {
    categories.of_image.push_back(of_image[i] < 0 ? kNoCategory
                                                  : static_cast<std::size_t>(of_image[i]));
  }
  const CategoryMoments sums = category_moments(y, categories, {0, 1, 2, 3, 4});
  CHECK(sums.images[4] == 1);
  const std::vector<std::pair<std::string, WeighBy>> cases = {{"a>b", WeighBy::kCategories},
                                                              {"a,b>c,d", WeighBy::kCategories},
                                                              {"a,b>c,d", WeighBy::kImages},
                                                              {"a>single", WeighBy::kCategories}};
  const double* golden = goldens().at("contrasts").as<double>();
  for (const auto& [words, weigh] : cases) {
    INFO(words);
    const ContrastMaps maps = contrast_maps(sums, parse_contrast(words, categories), weigh);
    CHECK(difference(maps.difference, golden, 4) == "");
    CHECK(difference(maps.t, golden + 1, 4) == "");
    CHECK(difference(maps.d, golden + 2, 4) == "");
    CHECK(difference(maps.n, golden + 3, 4) == "");
    golden += 4 * y.columns();
  }
}

TEST_CASE("precision and recall with ties equal scikit-learn's") {
  const Array& score = goldens().at("pr_score");
  const PrecisionRecall curve = precision_recall(
      {score.as<float>(), score.items()}, {goldens().at("pr_mask").as<float>(), score.items()});
  CHECK(curve.vertices == 598);
  for (const auto& [name, ours] :
       {std::pair{"pr_precision", &curve.precision}, std::pair{"pr_recall", &curve.recall},
        std::pair{"pr_thresholds", &curve.thresholds}}) {
    INFO(name);
    const Array& golden = goldens().at(name);
    REQUIRE(golden.items() == ours->size());
    for (std::size_t i = 0; i < ours->size(); ++i) {
      if (std::abs((*ours)[i] - golden.as<double>()[i]) > 1e-12) FAIL(i);
    }
  }
  const double* const numbers = goldens().at("pr_numbers").as<double>();
  CHECK(curve.average_precision == Approx(numbers[0]).epsilon(1e-12));
  CHECK(curve.best_f1 == Approx(numbers[1]).epsilon(1e-12));
  CHECK(curve.best_threshold == numbers[2]);
  const std::vector<float> nowhere(score.items(), 0.0F);
  CHECK_THROWS_AS(precision_recall({score.as<float>(), score.items()}, nowhere), Error);
}

TEST_CASE("summaries of few and of many vertices") {
  const float* const values = goldens().at("values").as<float>();
  const Array& sizes = goldens().at("sizes");
  const double* golden = goldens().at("summaries").as<double>();
  for (std::size_t i = 0; i < sizes.items(); ++i, golden += 5) {
    const auto n = static_cast<std::size_t>(sizes.as<std::int64_t>()[i]);
    std::vector<float> some(values, values + n);
    some.push_back(std::numeric_limits<float>::quiet_NaN());
    const Summary summary = summarise(some);
    INFO(n);
    CHECK(summary.n == n);
    CHECK(summary.left_out == 1);
    CHECK(agrees(summary.mean, golden[1]));
    CHECK(agrees(summary.median, golden[2]));
    CHECK(agrees(summary.mean_error, golden[3]));
    CHECK(agrees(summary.median_error, golden[4]));
  }
  const std::vector<float> none;
  CHECK(std::isnan(summarise(none).median));
}

TEST_CASE("areas of a table hold each cortical column once a level") {
  const std::vector<std::int32_t>& all = vertex_list(VertexSet::kAll);
  const std::vector<TableArea> areas = table_areas(all, all.size());
  std::map<std::string, std::size_t> columns, count;
  for (const TableArea& area : areas) {
    columns[area.level] += area.columns.size();
    ++count[area.level];
  }
  for (const char* level : {"all", "hemisphere", "group", "roi"}) {
    INFO(level);
    CHECK(columns[level] == all.size());
  }
  CHECK(count["group"] == 22);
  CHECK(count["roi"] == 357);  // all but L_H, R_H and R_RSC
  const std::vector<std::int32_t> subcortical = {0, 59411, 59412, 91281};
  CHECK(table_areas(subcortical, 4).front().columns == std::vector<std::size_t>{0, 1});
  CHECK(table_areas({}, 3).size() == 1);
}
