#include "tests/support/catch.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/published_name.h"
#include "weights_tool/vertex_columns.h"

using corticast::weights::parse_published_name;

TEST_CASE("Published file names tell framework, subjects and vertices") {
  const auto nsd =
      parse_published_name("/a/model-CNN8_framework-multihead_subjects-NSD_vertices-all.pth");
  REQUIRE(nsd);
  CHECK(nsd->multihead);
  CHECK(nsd->model_id() == "fmri-mosaic-CNN8_multihead_subNSD_verticesAll");
  CHECK_FALSE(nsd->subject);
  const auto one = parse_published_name(
      "model-CNN8_framework-singlehead_subjects-sub-03_deeprecon_vertices-visual.pth");
  REQUIRE(one);
  REQUIRE(one->subject);
  CHECK(one->subject->canonical() == "deeprecon-03");
  CHECK(one->model_id() == "fmri-mosaic-CNN8_singlehead_sub-03_deeprecon_verticesVisual");
  const auto all =
      parse_published_name("model-CNN8_framework-singlehead_subjects-all_vertices-visual.pth");
  REQUIRE(all);
  CHECK_FALSE(all->subject);
  for (const char* other :
       {"tiny.pth", "model-CNN8_framework-multihead_subjects-NSD_vertices-all.pt",
        "model-CNN8_framework-other_subjects-NSD_vertices-all.pth",
        "model-CNN8_framework-multihead_subjects-NSD_vertices-some.pth",
        "model-CNN8_framework-singlehead_subjects-sub-09_NSD_vertices-visual.pth"}) {
    CHECK_FALSE(parse_published_name(other));
  }
}

TEST_CASE("The number of vertices tells the published vertex sets") {
  CHECK(corticast::weights::vertex_set_for(57051) == "all");
  CHECK(corticast::weights::vertex_set_for(7831) == "visual");
  CHECK(corticast::weights::vertex_set_for(7832) == "none");
  using corticast::weights::grayordinates_for;
  CHECK(grayordinates_for(57051).size() == 57051);
  CHECK(grayordinates_for(57051).back() == 59411);
  CHECK(grayordinates_for(7831).size() == 7831);
  CHECK(grayordinates_for(7831).front() == 4);
  CHECK(grayordinates_for(7832).empty());
}

TEST_CASE("Text from a file cannot reach the terminal unescaped") {
  CHECK(corticast::weights::in_quotes("a\x1b[2J\n") == "'a\\x1b[2J\\x0a'");
  CHECK(corticast::weights::in_quotes(std::string(500, 'x')).size() < 130);
}
