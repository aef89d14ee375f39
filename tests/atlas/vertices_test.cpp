#include "engine/atlas/vertices.h"

#include <algorithm>
#include <map>

#include "engine/base/error.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"

using namespace corticast;
using corticast::test::sha256_i32;

namespace {

struct Count {
  int before = 0, after = 0;
  bool operator==(const Count&) const = default;
};

// Grayordinates of each key (an area's name or a group) in the cortex, before and after removal.
template <typename Key, typename KeyOf>
std::map<Key, Count> count_by(KeyOf key_of) {
  std::map<Key, Count> counts;
  for (std::int32_t g = 0; g < kCortex; ++g) ++counts[key_of(g)].before;
  for (const std::int32_t g : vertex_list(VertexSet::kAll)) ++counts[key_of(g)].after;
  return counts;
}

}  // namespace

TEST_CASE("labels and vertex lists are bit for bit those of the reference") {
  std::vector<int> labels;
  for (std::int32_t g = 0; g < kGrayordinates; ++g) labels.push_back(label_of(g));
  CHECK(sha256_i32(labels) == "10c8d2e4b24d6ac037d3c0483e9dbf9ecdddbeb7894905962a69c99f7670ccf3");
  CHECK(sha256_i32(vertex_list(VertexSet::kAll)) ==
        "abbdd53ae1acda9c91da16342a1ea14540d50e5aefb17c8766629700244bf01e");
  CHECK(sha256_i32(vertex_list(VertexSet::kVisual)) ==
        "e88fd4faa4c48a2910038dd22b418efe9aa6f7f12a1b56089b798c9b997474dc");
  CHECK(sha256_i32(removed()) ==
        "b9eb244282acda05f93dd6d6f98672a331e5c9866f317e1719b3fd5d71100299");
}

TEST_CASE("the vertex lists have the published sizes and split by hemisphere") {
  const auto left = [](const std::vector<std::int32_t>& list) {
    return std::lower_bound(list.begin(), list.end(), kLeftCortex) - list.begin();
  };
  CHECK(vertex_list(VertexSet::kAll).size() == 57051);
  CHECK(left(vertex_list(VertexSet::kAll)) == 28513);
  CHECK(vertex_list(VertexSet::kAll).back() == 59411);
  CHECK(vertex_list(VertexSet::kVisual).size() == 7831);
  CHECK(left(vertex_list(VertexSet::kVisual)) == 3956);
  CHECK(removed().size() == 2361);
}

TEST_CASE("each Glasser group has the published number of vertices before and after removal") {
  const std::map<int, Count> published = {
      {1, {1618, 1603}},  {2, {2565, 2547}},  {3, {1116, 1116}},  {4, {1250, 1220}},
      {5, {1345, 1345}},  {6, {5391, 5391}},  {7, {3139, 3139}},  {8, {2470, 2470}},
      {9, {1579, 1579}},  {10, {1173, 1173}}, {11, {2304, 2304}}, {12, {3259, 3224}},
      {13, {2052, 1039}}, {14, {3660, 3660}}, {15, {1580, 1580}}, {16, {3210, 3210}},
      {17, {5060, 5060}}, {18, {4042, 2859}}, {19, {3240, 3185}}, {20, {3023, 3011}},
      {21, {1944, 1944}}, {22, {4392, 4392}}};
  const auto counted = count_by<int>(group_of);
  REQUIRE(counted.size() == 22);
  for (const auto& [group, count] : published) {
    INFO("group " << group);
    CHECK(counted.at(group).before == count.before);
    CHECK(counted.at(group).after == count.after);
  }
}

TEST_CASE("exactly the 38 published areas lose vertices, H and right RSC all of them") {
  const std::map<std::string, Count> published = {
      {"L_V1", {831, 816}},   {"L_V2", {619, 606}},  {"L_RSC", {211, 3}},    {"L_POS1", {225, 106}},
      {"L_23d", {81, 74}},    {"L_v23ab", {72, 10}}, {"L_d23ab", {88, 39}},  {"L_31pv", {109, 91}},
      {"L_33pr", {55, 52}},   {"L_Pir", {186, 169}}, {"L_EC", {86, 49}},     {"L_PreS", {159, 14}},
      {"L_H", {233, 0}},      {"L_ProS", {138, 28}}, {"L_PeEc", {245, 228}}, {"L_PHA1", {108, 22}},
      {"L_PHA3", {120, 119}}, {"L_VMV1", {88, 62}},  {"L_PHA2", {68, 52}},   {"L_VMV2", {46, 45}},
      {"R_V2", {601, 596}},   {"R_RSC", {231, 0}},   {"R_POS1", {212, 133}}, {"R_23d", {113, 40}},
      {"R_v23ab", {82, 5}},   {"R_d23ab", {47, 9}},  {"R_31pv", {111, 79}},  {"R_p24pr", {92, 75}},
      {"R_33pr", {75, 40}},   {"R_Pir", {197, 179}}, {"R_EC", {86, 37}},     {"R_PreS", {169, 10}},
      {"R_H", {208, 0}},      {"R_ProS", {133, 53}}, {"R_PeEc", {312, 288}}, {"R_PHA1", {112, 74}},
      {"R_VMV1", {113, 110}}, {"R_pOFC", {118, 106}}};
  REQUIRE(published.size() == 38);
  std::map<std::string, Count> touched;
  for (const auto& [name, count] : count_by<std::string>(roi_of)) {
    if (count.before != count.after) touched[name] = count;
  }
  CHECK(touched == published);

  const auto counted = count_by<std::string>(roi_of);
  CHECK(counted.size() == 360);
  CHECK(counted.at("R_V1").after == 787);
  CHECK(counted.at("L_4").after == 839);
  CHECK(counted.at("R_LO2").after == 31);
}

TEST_CASE("names and groups follow the label, left, right and subcortical") {
  CHECK(label_name(1) == "L_V1");
  CHECK(label_name(181) == "R_V1");
  CHECK(label_name(120) == "L_H");
  CHECK(label_name(180) == "L_p24");
  CHECK(label_name(360) == "R_p24");
  CHECK(label_name(361) == "accumbens_left");
  CHECK(label_name(378) == "thalamus_right");
  CHECK(label_name(379) == "brain_stem");
  CHECK(label_group(1) == 1);
  CHECK(label_group(360) == 19);
  CHECK(label_group(361) == 0);
  CHECK(roi_of(53) == "L_V1");
  CHECK(group_of(53) == 1);
  CHECK(roi_of(91281) == "thalamus_right");
  for (const std::int32_t g : removed()) CHECK(group_of(g) > 0);
  for (std::int32_t g = kCortex; g < kGrayordinates; ++g) CHECK(group_of(g) == 0);
}

TEST_CASE("a number outside the atlas is an error, never a read outside the tables") {
  for (const std::int32_t g : {-1, 91282, INT32_MIN, INT32_MAX})
    CHECK_THROWS_AS(label_of(g), Error);
  for (const int label : {-1, 0, 380, INT32_MAX}) {
    CHECK_THROWS_AS(label_name(label), Error);
    CHECK_THROWS_AS(label_group(label), Error);
  }
}

TEST_CASE("vertex sets go by the names of the published files") {
  CHECK(parse_vertex_set("all") == VertexSet::kAll);
  CHECK(parse_vertex_set("visual") == VertexSet::kVisual);
  CHECK_FALSE(parse_vertex_set("none"));
  CHECK(last_group(VertexSet::kAll) == 22);
  CHECK(last_group(VertexSet::kVisual) == 5);
}
