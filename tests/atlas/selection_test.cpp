#include "engine/atlas/selection.h"

#include "tests/atlas/support.h"
#include "tests/support/catch.h"

using namespace corticast;
using corticast::test::contains;
using corticast::test::error_of;

namespace {

const std::vector<std::int32_t>& all() {
  return vertex_list(VertexSet::kAll);
}
const std::vector<std::int32_t>& visual() {
  return vertex_list(VertexSet::kVisual);
}

std::vector<std::uint32_t> berg(const BergSelection& selection,
                                const std::vector<std::int32_t>& vertices = all()) {
  return select_berg(static_cast<std::uint32_t>(vertices.size()), vertices, selection);
}

std::vector<std::uint32_t> mosaic(const std::vector<std::string>& names,
                                  const std::vector<std::int32_t>& vertices = all()) {
  return select_mosaic(static_cast<std::uint32_t>(vertices.size()), vertices, names);
}

BergSelection rois(std::vector<std::string> names) {
  BergSelection selection;
  selection.roi = std::move(names);
  return selection;
}

BergSelection groups(std::vector<int> numbers) {
  BergSelection selection;
  selection.glasser_group = std::move(numbers);
  return selection;
}

BergSelection voxels(std::vector<std::int64_t> mask) {
  BergSelection selection;
  selection.voxel_index = std::move(mask);
  return selection;
}

}  // namespace

TEST_CASE("BERG without a selection gives every column in vertex order") {
  const auto columns = berg({}, visual());
  REQUIRE(columns.size() == 7831);
  for (std::uint32_t k = 0; k < columns.size(); ++k) REQUIRE(columns[k] == k);
}

TEST_CASE("BERG takes names with a side only, in the right case") {
  CHECK_THAT(error_of([] { berg(rois({"V1"})); }), contains("code 2: unknown ROI 'V1'"));
  CHECK_THAT(error_of([] { berg(rois({"GlasserGroup_1"})); }), contains("unknown ROI"));
  CHECK_THAT(error_of([] { berg(rois({"L_v1"})); }), contains("Did you mean L_V1?"));
  CHECK_THAT(error_of([] { berg(rois({"L_V1", ""})); }), contains("unknown ROI ''"));
  CHECK_THAT(error_of([] { berg(rois({"hippocampus_left"})); }), contains("unknown ROI"));
}

TEST_CASE("BERG refuses an empty union but lets an emptied area beside others add nothing") {
  CHECK_THAT(error_of([] { berg(rois({"L_H", "R_H", "R_RSC"})); }), contains("no vertex"));
  CHECK_THAT(error_of([] { berg(rois({})); }), contains("no vertex"));
  CHECK_THAT(error_of([] { berg(groups({})); }), contains("no vertex"));
  CHECK(berg(rois({"L_H", "L_RSC"})).size() == 3);
}

TEST_CASE("BERG's groups stop where the model's vertex list stops") {
  CHECK(berg(groups({5}), visual()).size() == 1345);
  CHECK_THAT(error_of([] { berg(groups({6}), visual()); }),
             contains("code 2: Glasser group 6 does not exist in this model, which predicts groups "
                      "1-5"));
  CHECK(berg(groups({22})).size() == 4392);
  for (const int group : {0, -1, 23}) {
    CHECK_THAT(error_of([&] { berg(groups({group})); }), contains("predicts groups 1-22"));
  }
  CHECK_THAT(error_of([] {
               berg(rois({"L_V1", "L_FEF"}), visual());
             }),
             contains("ROI 'L_FEF' (Glasser group 8) is outside this model"));
}

TEST_CASE("BERG's voxel_index is checked for length, values and at least one 1") {
  std::vector<std::int64_t> mask(7831, 0);
  CHECK_THAT(error_of([&] { berg(voxels(mask), visual()); }), contains("no item is 1"));
  mask[7830] = 1;
  CHECK(berg(voxels(mask), visual()) == std::vector<std::uint32_t>{7830});
  mask[3] = 2;
  CHECK_THAT(error_of([&] { berg(voxels(mask), visual()); }), contains("item 3 is 2"));
  mask[3] = -1;
  CHECK_THAT(error_of([&] { berg(voxels(mask), visual()); }), contains("item 3 is -1"));
  mask.resize(7830);
  CHECK_THAT(error_of([&] { berg(voxels(mask), visual()); }),
             contains("7,830 items, this model has 7,831"));
  CHECK_THAT(error_of([] { berg(voxels(std::vector<std::int64_t>(91282, 1))); }),
             contains("91,282 items, this model has 57,051"));
}

TEST_CASE("MOSAIC's selector takes one side, both sides, groups, or the word all") {
  CHECK(mosaic({"L_V1"}).size() == 816);
  CHECK(mosaic({"R_V1"}).size() == 787);
  CHECK(mosaic({"V1"}).size() == 1603);
  CHECK(mosaic({"GlasserGroup_13"}).size() == 1039);
  CHECK(mosaic({"all"}).size() == 57051);
  CHECK(mosaic({"all"}, visual()).size() == 7831);
  CHECK(mosaic({"L_H"}).empty());
}

TEST_CASE("MOSAIC's selector refuses an empty list and every unknown name") {
  CHECK_THAT(error_of([] { mosaic({}); }), contains("code 2: the list of ROIs is empty"));
  for (const std::string name : {"v1", "V1 ", "M_V1", "GlasserGroup_0", "GlasserGroup_23",
                                 "GlasserGroup_05", "GlasserGroup_", "glassergroup_1", "_V1", ""}) {
    INFO(name);
    CHECK_THAT(error_of([&] { mosaic({"V1", name}); }), contains("code 2: unknown ROI"));
  }
  CHECK_THAT(error_of([] { mosaic({"all", "V1"}); }), contains("unknown ROI 'all'"));
  CHECK_THAT(error_of([] { mosaic({"GlasserGrup_5"}); }), contains("Did you mean GlasserGroup_5?"));
}

TEST_CASE("a vertex list that is no ascending list of grayordinates is a model error") {
  const auto first_error = [](std::uint32_t columns, const std::vector<std::int32_t>& list) {
    return error_of([&] { ColumnUnion chosen(columns, list); });
  };
  CHECK(first_error(3, {0, 5, 91281}).empty());
  CHECK_THAT(first_error(3, {0, 5, 91282}), contains("code 3"));
  CHECK_THAT(first_error(3, {-1, 5, 9}), contains("code 3"));
  CHECK_THAT(first_error(3, {5, 5, 9}), contains("5 follows 5"));
  CHECK_THAT(first_error(3, {9, 5, 10}), contains("5 follows 9"));
  CHECK_THAT(first_error(4, {5, 6, 7}), contains("4 vertices but its vertex list 3"));
}
