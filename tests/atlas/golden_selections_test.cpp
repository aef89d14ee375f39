// selections.json: what BERG and MOSAIC select, made by running their code.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/atlas/selection.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

using namespace corticast;
using corticast::test::data_path;
using corticast::test::error_of;
using corticast::test::sha256_i32;
using nlohmann::json;

namespace {

json golden_cases(const std::string& semantics) {
  std::ifstream file(data_path("goldens/selections.json"));
  json cases = json::array();
  for (const json& one : json::parse(file)) {
    if (one.at("semantics") == semantics) cases.push_back(one);
  }
  return cases;
}

const std::vector<std::int32_t>& vertices_of(const json& one) {
  return vertex_list(parse_vertex_set(one.at("vertices").get<std::string>()).value());
}

std::uint32_t width(const std::vector<std::int32_t>& vertices) {
  return static_cast<std::uint32_t>(vertices.size());
}

BergSelection berg_selection(const json& keys, std::size_t columns) {
  BergSelection selection;
  if (keys.contains("roi")) selection.roi = keys.at("roi").get<std::vector<std::string>>();
  if (keys.contains("glasser_group")) {
    selection.glasser_group = keys.at("glasser_group").get<std::vector<int>>();
  }
  if (keys.contains("voxel_index_ones")) {
    selection.voxel_index.emplace(columns, 0);
    for (const std::size_t one : keys.at("voxel_index_ones").get<std::vector<std::size_t>>()) {
      selection.voxel_index->at(one) = 1;
    }
  }
  return selection;
}

template <typename T>
void check_ends(const json& one, const std::string& key, const std::vector<T>& found) {
  if (one.contains(key + "_first")) {
    const auto first = one.at(key + "_first").get<std::vector<T>>();
    REQUIRE(found.size() >= first.size());
    CHECK(std::equal(first.begin(), first.end(), found.begin()));
  }
  if (one.contains(key + "_last")) {
    const auto last = one.at(key + "_last").get<std::vector<T>>();
    REQUIRE(found.size() >= last.size());
    CHECK(std::equal(last.rbegin(), last.rend(), found.rbegin()));
  }
}

void check_columns(const json& one, const std::vector<std::uint32_t>& columns) {
  const std::vector<std::int32_t>& vertices = vertices_of(one);
  std::vector<std::int32_t> grayordinates;
  for (const std::uint32_t column : columns) grayordinates.push_back(vertices.at(column));
  CHECK(columns.size() == one.at("count").get<std::size_t>());
  CHECK(sha256_i32(grayordinates) == one.at("sha256_grayordinates_i32").get<std::string>());
  CHECK(sha256_i32(columns) == one.at("sha256_output_positions_i32").get<std::string>());
  check_ends(one, "grayordinates", grayordinates);
  check_ends(one, "output_positions", columns);
}

}  // namespace

TEST_CASE("every golden BERG selection gives the reference's columns or its error") {
  const json cases = golden_cases("berg");
  REQUIRE(cases.size() == 14);
  for (const json& one : cases) {
    INFO(one.at("selection").dump());
    const std::vector<std::int32_t>& vertices = vertices_of(one);
    const BergSelection selection = berg_selection(one.at("selection"), vertices.size());
    if (one.at("error_if_empty").get<bool>()) {
      CHECK_THAT(error_of([&] { select_berg(width(vertices), vertices, selection); }),
                 test::contains("code 2: the selection holds no vertex"));
    } else {
      check_columns(one, select_berg(width(vertices), vertices, selection));
    }
  }
}

TEST_CASE("every golden MOSAIC selection gives the reference's columns, empty ones included") {
  const json cases = golden_cases("mosaic_selectrois");
  REQUIRE(cases.size() == 6);
  for (const json& one : cases) {
    INFO(one.at("selection").dump());
    const std::vector<std::int32_t>& vertices = vertices_of(one);
    check_columns(one, select_mosaic(width(vertices), vertices,
                                     one.at("selection").get<std::vector<std::string>>()));
  }
}
