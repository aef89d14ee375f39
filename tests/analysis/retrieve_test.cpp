// Rankings against the definition in plain loops and doubles. CPU, float32: correlations within
// 1e-6.
#include "engine/analysis/retrieve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "engine/base/error.h"
#include "tests/support/catch.h"

using namespace corticast;

namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

struct Table {
  std::size_t rows, columns;
  std::vector<float> values;

  Table(std::size_t r, std::size_t c, unsigned seed, float offset = 0) : rows(r), columns(c) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(offset);
    values.resize(rows * columns);
    for (float& value : values) value = normal(random);
  }
  float& at(std::size_t row, std::size_t column) { return values[row * columns + column]; }
  float at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
  MemoryMaps maps() const { return {std::vector<std::string>(rows, "image"), columns, {}, values}; }
};

double pearson(const Table& x, std::size_t i, const Table& y, std::size_t j,
               const std::vector<std::size_t>& columns) {
  double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  const auto n = static_cast<double>(columns.size());
  for (const std::size_t c : columns) {
    mean_x += static_cast<double>(x.at(i, c)) / n;
    mean_y += static_cast<double>(y.at(j, c)) / n;
  }
  for (const std::size_t c : columns) {
    const double dx = static_cast<double>(x.at(i, c)) - mean_x;
    const double dy = static_cast<double>(y.at(j, c)) - mean_y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xy / std::sqrt(xx * yy);
}

TableArea area_of(std::size_t first, std::size_t end) {
  TableArea area{"area", "all", "", 0, {}};
  for (std::size_t c = first; c < end; ++c) area.columns.push_back(c);
  return area;
}

RetrieveOptions everything() {
  RetrieveOptions options;
  options.correlations = true;
  return options;
}

}  // namespace

TEST_CASE("retrieval ranks by correlation as its definition does, whatever the memory") {
  Table candidates(300, 700, 1, 50);
  Table patterns(41, 700, 2, -3);
  std::vector<std::optional<std::size_t>> truth(41);
  for (std::size_t p = 0; p < 40; ++p) {
    truth[p] = 7 * p;
    for (std::size_t c = 0; c < 700; ++c) {
      patterns.at(p, c) = 0.1F * patterns.at(p, c) + 0.02F * candidates.at(7 * p, c);
    }
  }
  for (std::size_t c = 0; c < 700; ++c) {
    candidates.at(8, c) = candidates.at(7, c);  // ties with what pattern 1 is of
    candidates.at(12, c) = kNone;               // failed
    candidates.at(13, c) = 4;                   // constant
    patterns.at(5, c) = kNone;
  }
  patterns.at(3, 600) = kNone;
  const std::vector<TableArea> areas = {area_of(0, 700), area_of(3, 11), area_of(600, 601),
                                        area_of(600, 602)};
  const MemoryMaps left = candidates.maps(), right = patterns.maps();
  const Retrieval got = retrieve(left, right, truth, areas, everything());

  CHECK(got.left_out == 1);
  CHECK(got.failed_candidates == 1);
  CHECK(got.failed_patterns == 1);
  CHECK(got.areas[0].vertices == 699);
  CHECK(got.areas[0].candidates == 298);
  std::vector<std::size_t> columns = area_of(0, 700).columns;
  columns.erase(columns.begin() + 600);
  for (const std::size_t a : {0, 1}) {
    const std::vector<std::size_t>& used = a == 0 ? columns : areas[1].columns;
    double worst = 0;
    for (std::size_t p = 0; p < 41; ++p) {
      const float* row = got.areas[a].correlations.data() + p * 300;
      std::size_t above = 0, equal = 0;
      for (std::size_t c = 0; c < 300; ++c) {
        const bool none = p == 5 || c == 12 || c == 13;
        REQUIRE(std::isnan(row[c]) == none);
        if (none) continue;
        worst = std::max(worst, std::abs(static_cast<double>(row[c]) -
                                         pearson(patterns, p, candidates, c, used)));
        if (!truth[p] || c == *truth[p]) continue;
        above += row[c] > row[*truth[p]] ? 1 : 0;
        equal += row[c] == row[*truth[p]] ? 1 : 0;
      }
      const Ranking& ranking = got.areas[a].patterns[p];
      REQUIRE(ranking.r.has_value() == (p != 5 && p != 40));
      if (ranking.r) {
        REQUIRE(*ranking.r == row[*truth[p]]);
        REQUIRE(ranking.rank == 1 + static_cast<double>(above) + static_cast<double>(equal) / 2);
      }
      if (p == 5) {
        REQUIRE(ranking.best.empty());
        continue;
      }
      REQUIRE(ranking.best.size() == 10);
      std::vector<float> sorted(row, row + 300);
      std::erase_if(sorted, [](float r) { return std::isnan(r); });
      std::sort(sorted.rbegin(), sorted.rend());
      for (std::size_t k = 0; k < 10; ++k) {
        REQUIRE(ranking.best[k].r == sorted[k]);
        REQUIRE(row[ranking.best[k].image] == sorted[k]);
      }
    }
    CHECK(worst <= 1e-6);
  }
  CHECK(got.areas[0].patterns[1].rank == 1.5);  // two alike: half each
  CHECK(got.areas[0].patterns[1].best[0].image == 7);
  CHECK(got.areas[0].patterns[1].best[1].image == 8);
  for (const std::size_t a : {2, 3}) {  // one vertex or none: no pattern, so no rank
    CHECK(got.areas[a].vertices == (a == 2 ? 0 : 1));
    CHECK(got.areas[a].candidates == 0);
    CHECK_FALSE(got.areas[a].patterns[0].r.has_value());
    CHECK(std::isnan(summarise(got.areas[a], {1}).median_rank));
  }

  RetrieveOptions small = everything();
  small.memory = 1;
  const Retrieval again = retrieve(left, right, truth, areas, small);
  const auto bits = [](const std::vector<float>& r) {
    std::vector<std::string> text;
    text.reserve(r.size());
    for (const float value : r) text.push_back(std::to_string(value));
    return text;
  };
  CHECK(bits(again.areas[0].correlations) == bits(got.areas[0].correlations));
  CHECK(again.areas[0].candidates == 298);
  CHECK(again.areas[0].patterns[39].rank == got.areas[0].patterns[39].rank);
}

TEST_CASE("a retrieval is summed up with what guessing would find") {
  AreaRetrieval area;
  area.candidates = 20;
  for (const double rank : {1.0, 1.5, 4.0, 20.0}) area.patterns.push_back({{}, 0.5F, rank});
  area.patterns.emplace_back();  // truth unknown
  const RetrievalSummary summary = summarise(area, {1, 4, 50});
  CHECK(summary.patterns == 4);
  CHECK(summary.top == std::vector<double>{0.25, 0.75, 1});
  CHECK(summary.top_chance == std::vector<double>{0.05, 0.2, 1});
  CHECK(summary.median_rank == 2.75);
  CHECK(summary.mean_reciprocal_rank == Approx((1 + 1 / 1.5 + 0.25 + 0.05) / 4));
}

TEST_CASE("one pattern and one candidate are retrieved") {
  const Table one(1, 5, 3);
  const MemoryMaps maps = one.maps();
  const Retrieval got = retrieve(maps, maps, {0}, {area_of(0, 5)}, everything());
  CHECK(*got.areas[0].patterns[0].r == Approx(1).margin(1e-6));
  CHECK(*got.areas[0].patterns[0].r <= 1);
  CHECK(got.areas[0].patterns[0].rank == 1);
  const Table other(1, 6, 3);
  CHECK_THROWS_AS(retrieve(maps, other.maps(), {0}, {area_of(0, 5)}, everything()), Error);
}
