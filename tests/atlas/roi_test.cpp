#include "engine/atlas/roi.h"

#include "engine/atlas/vertices.h"
#include "tests/support/catch.h"

using namespace corticast;

TEST_CASE("the table of areas lists 360 areas with their counts in the model's vertex list") {
  const auto table = areas(vertex_list(VertexSet::kAll));
  REQUIRE(table.size() == 360);
  CHECK(table[0].name == "L_V1");
  CHECK(table[0].side == 'L');
  CHECK(table[0].group == 1);
  CHECK(table[0].before == 831);
  CHECK(table[0].after == 816);
  CHECK(table[299].name == "R_H");
  CHECK(table[299].label == 300);
  CHECK(table[299].side == 'R');
  CHECK(table[299].before == 208);
  CHECK(table[299].after == 0);
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  for (const Area& area : table) {
    before += area.before;
    after += area.after;
  }
  CHECK(before == 59412);
  CHECK(after == 57051);
}

TEST_CASE("on a visual model the areas of groups 6 to 22 hold nothing") {
  std::uint32_t after = 0;
  for (const Area& area : areas(vertex_list(VertexSet::kVisual))) {
    INFO(area.name);
    CHECK((area.after == 0) == (area.group > 5));
    after += area.after;
  }
  CHECK(after == 7831);
}

TEST_CASE("a name stands for one side, both sides or a whole group") {
  CHECK(labels_named("L_V1", RoiNames::kAny) == std::vector<int>{1});
  CHECK(labels_named("R_V1", RoiNames::kOneSide) == std::vector<int>{181});
  CHECK(labels_named("V1", RoiNames::kAny) == std::vector<int>{1, 181});
  CHECK(labels_named("V1", RoiNames::kOneSide).empty());
  CHECK(labels_named("GlasserGroup_2", RoiNames::kAny) == std::vector<int>{4, 5, 6, 184, 185, 186});
  CHECK(labels_named("GlasserGroup_2", RoiNames::kOneSide).empty());
}

TEST_CASE("every area answers to its name, also those with digits and hyphens") {
  for (const std::string name : {"7PL", "7Pm", "31pd", "OP2-3", "p9-46v", "a9-46v", "9-46d", "i6-8",
                                 "s6-8", "H", "4", "1", "2"}) {
    INFO(name);
    CHECK(labels_named(name, RoiNames::kAny).size() == 2);
    CHECK(labels_named("L_" + name, RoiNames::kOneSide).size() == 1);
    CHECK(labels_named("R_" + name, RoiNames::kOneSide).size() == 1);
  }
}

TEST_CASE("a mistyped name is met with the nearest known one") {
  CHECK(suggest_roi("L_v1", RoiNames::kAny) == "L_V1");
  CHECK(suggest_roi("L-V3A", RoiNames::kAny) == "L_V3A");
  CHECK(suggest_roi("R_PHA33", RoiNames::kOneSide) == "R_PHA3");
  CHECK(suggest_roi("GlasserGroup5", RoiNames::kAny) == "GlasserGroup_5");
  CHECK(suggest_roi("hippocampus and its neighbours", RoiNames::kAny).empty());
}
