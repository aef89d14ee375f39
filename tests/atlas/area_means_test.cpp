#include <algorithm>
#include <numeric>
#include <set>

#include "engine/atlas/resolve.h"
#include "engine/atlas/roi.h"
#include "engine/base/npy.h"
#include "tests/atlas/models.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using corticast::test::contains;
using corticast::test::error_of;
using corticast::test::nsd_model;

namespace {

using Names = std::vector<std::string>;

Request reduced(const ModelInfo& info, const std::string& reduce, const Names& roi = {},
                const std::string& groups = "", const std::string& mask = "") {
  RequestSpec spec;
  spec.reduce = reduce;
  spec.roi = roi;
  spec.groups = groups;
  spec.vertex_mask_path = mask;
  return resolve_request(info, spec);
}

// Grayordinates that an output averages, ascending; FAILs unless every weight is 1/n.
std::vector<std::int32_t> averaged(const ModelInfo& info, const Request& request,
                                   std::size_t output) {
  const Reduction& reduction = *request.reduction;
  const std::size_t first = reduction.begin[output];
  const std::size_t count = reduction.begin[output + 1] - first;
  std::vector<std::int32_t> found;
  found.reserve(count);
  for (std::size_t term = first; term < first + count; ++term) {
    if (reduction.weight[term] != 1.0 / static_cast<double>(count)) FAIL("weight of " << output);
    found.push_back(info.grayordinates[request.rows[reduction.row[term]]]);
  }
  return found;
}

template <typename Wanted>
std::vector<std::int32_t> where(const ModelInfo& info, Wanted wanted) {
  std::vector<std::int32_t> found;
  std::copy_if(info.grayordinates.begin(), info.grayordinates.end(), std::back_inserter(found),
               wanted);
  return found;
}

}  // namespace

TEST_CASE("without a selection every area of the atlas is averaged, in label order") {
  const ModelInfo info = nsd_model();
  const Request request = reduced(info, "roi-mean");
  REQUIRE(request.reduction);
  CHECK(request.reduction->kind == "roi-mean");
  CHECK(request.reduction->digest.empty());
  REQUIRE(request.reduction->outputs() == 360);
  CHECK(request.columns == 360);
  CHECK(request.rows.size() == 57051);
  CHECK(request.positions.empty());
  CHECK(request.labels.grayordinate.empty());
  CHECK(request.reduction->begin.size() == 361);
  CHECK(request.reduction->begin.back() == 57051);
  CHECK(request.reduction->names[0] == "L_V1");
  CHECK(request.reduction->names[180] == "R_V1");

  std::string empty;
  const std::vector<Area> table = areas(info.grayordinates);
  const std::vector<std::int32_t> counts = vertex_counts(*request.reduction);
  for (std::size_t output = 0; output < 360; ++output) {
    INFO(table[output].name);
    CHECK(request.reduction->names[output] == table[output].name);
    CHECK(counts[output] == static_cast<std::int32_t>(table[output].after));
    if (table[output].after == 0) empty += (empty.empty() ? "" : ", ") + table[output].name;
  }
  CHECK(outputs_with_terms(*request.reduction).size() ==
        static_cast<std::size_t>(360 - std::count(counts.begin(), counts.end(), 0)));
  REQUIRE(request.notes.size() == 1);
  CHECK_THAT(request.notes[0], contains(empty + " hold no vertex") && contains("NaN"));

  for (const std::size_t output : {std::size_t{0}, std::size_t{100}, std::size_t{359}}) {
    const std::string& name = request.reduction->names[output];
    CHECK(averaged(info, request, output) ==
          where(info, [&](std::int32_t g) { return roi_of(g) == name; }));
  }
}

TEST_CASE("areas that a selection names or touches are averaged, emptied ones included") {
  const ModelInfo info = nsd_model();
  const Request request = reduced(info, "roi-mean", {"R_RSC,V1", "L_RSC"});
  CHECK(request.reduction->names == Names{"L_V1", "L_RSC", "R_V1", "R_RSC"});
  CHECK(request.reduction->begin == std::vector<std::size_t>{0, 816, 819, 1606, 1606});
  CHECK(outputs_with_terms(*request.reduction) == std::vector<std::uint32_t>{0, 1, 2});
  REQUIRE(request.notes.size() == 1);
  CHECK_THAT(request.notes[0], contains("R_RSC holds no vertex"));

  const Request groups = reduced(info, "roi-mean", {}, "18");
  for (const std::string& name : groups.reduction->names) {
    const auto labels = labels_named(name, RoiNames::kOneSide);
    CHECK(label_group(labels.at(0)) == 18);
  }
  CHECK(std::count(groups.reduction->names.begin(), groups.reduction->names.end(), "R_RSC") == 1);
  CHECK(reduced(info, "roi-mean", {"all"}).reduction->outputs() == 360);
}

TEST_CASE("a mask averages the vertices that it marks, and names no area it does not touch") {
  const ModelInfo info = nsd_model();
  std::vector<std::uint32_t> columns;  // three of left, one of right V1
  for (std::uint32_t column = 0; columns.size() < 4; ++column) {
    const std::string& roi = roi_of(info.grayordinates[column]);
    if (roi == (columns.size() < 3 ? "L_V1" : "R_V1")) columns.push_back(column);
  }
  std::string mask(57051, '\0');
  for (const std::uint32_t column : columns) mask[column] = '\1';
  const test::TemporaryFolder folder;
  test::write_text(folder / "m.npy", make_npy_header("|u1", {57051}) + mask);
  const Request request = reduced(info, "roi-mean", {}, "", (folder / "m.npy").string());
  CHECK(request.rows == columns);
  CHECK(request.reduction->names == Names{"L_V1", "R_V1"});
  CHECK(request.reduction->begin == std::vector<std::size_t>{0, 3, 4});
  CHECK(request.reduction->row == std::vector<std::uint32_t>{0, 1, 2, 3});
  CHECK(request.reduction->weight == std::vector<double>{1. / 3, 1. / 3, 1. / 3, 1.});
  CHECK(request.notes.empty());
}

TEST_CASE("Glasser groups are averaged over all of their selected vertices") {
  const ModelInfo info = nsd_model();
  const Request all = reduced(info, "group-mean");
  REQUIRE(all.reduction->outputs() == 22);
  CHECK(all.reduction->kind == "group-mean");
  CHECK(all.notes.empty());
  for (int group = 1; group <= 22; ++group) {
    const auto output = static_cast<std::size_t>(group - 1);
    CHECK(all.reduction->names[output] == "GlasserGroup_" + std::to_string(group));
    CHECK(averaged(info, all, output) ==
          where(info, [&](std::int32_t g) { return group_of(g) == group; }));
  }

  const Request some = reduced(info, "group-mean", {"R_RSC", "L_V1"}, "3");
  CHECK(some.reduction->names == Names{"GlasserGroup_1", "GlasserGroup_3", "GlasserGroup_18"});
  CHECK(averaged(info, some, 0) == where(info, [](std::int32_t g) { return roi_of(g) == "L_V1"; }));
  CHECK(vertex_counts(*some.reduction)[2] == 0);
  REQUIRE_FALSE(some.notes.empty());
  CHECK_THAT(some.notes.back(), contains("GlasserGroup_18 holds no vertex"));
}

TEST_CASE("a visual model has the areas of its five groups") {
  const ModelInfo info = nsd_model("visual");
  const Request rois = reduced(info, "roi-mean");
  std::set<int> groups;
  std::size_t expected = 0;
  for (const Area& area : areas(info.grayordinates)) expected += area.group <= 5;
  for (const std::string& name : rois.reduction->names) {
    groups.insert(label_group(labels_named(name, RoiNames::kOneSide).at(0)));
  }
  CHECK(rois.reduction->outputs() == expected);
  CHECK(groups == std::set<int>{1, 2, 3, 4, 5});
  CHECK(rois.rows.size() == 7831);
  CHECK(reduced(info, "group-mean").reduction->outputs() == 5);
  CHECK_THAT(error_of([&] { reduced(info, "roi-mean", {"L_FEF"}); }),
             contains("predicts groups 1-5 only"));
}

TEST_CASE("what cannot be averaged is refused with a remedy") {
  const ModelInfo bare = test::model_without_atlas(5);
  for (const char* how : {"roi-mean", "group-mean"}) {
    CHECK_THAT(error_of([&] { reduced(bare, how); }),
               contains("code 2: --reduce " + std::string(how) + " needs areas") &&
                   contains("no atlas") && contains("| Give the weights"));
  }
  CHECK_THAT(error_of([&] { reduced(nsd_model(), "roi-means"); }),
             contains("code 2: --reduce roi-means: neither") && contains("Did you mean roi-mean?"));
  CHECK_THAT(error_of([&] { reduced(nsd_model(), "weights.mat"); }),
             contains(".npy, .h5 or .hdf5"));
  CHECK_THAT(error_of([&] { reduced(nsd_model(), "roi-mean", {"H"}); }),
             contains("code 2: the selection is empty"));
  RequestSpec spec;
  spec.reduce = "roi-mean";
  spec.expand = true;
  CHECK_THAT(error_of([&] { resolve_request(nsd_model(), spec); }),
             contains("code 2: --expand") && contains("--reduce roi-mean") &&
                 contains("Leave one of them away."));
}
