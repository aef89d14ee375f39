#include "engine/atlas/resolve.h"

#include <numeric>

#include "engine/base/npy.h"
#include "tests/atlas/models.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using corticast::test::contains;
using corticast::test::error_of;
using corticast::test::nsd_model;

TEST_CASE("the default request is every subject and every column, packed and labelled") {
  const Request request = resolve_request(nsd_model(), {});
  CHECK(request.targets.size() == 8);
  CHECK(request.columns == 57051);
  CHECK(request.rows.size() == 57051);
  CHECK(request.rows.front() == 0);
  CHECK(request.rows.back() == 57050);
  CHECK(request.positions.empty());
  CHECK(request.notes.empty());
  CHECK(request.labels.grayordinate == vertex_list(VertexSet::kAll));
  REQUIRE(request.labels.roi.size() == 57051);
  REQUIRE(request.labels.group.size() == 57051);
  CHECK(request.labels.roi[18] == "L_V1");
  CHECK(request.labels.group[18] == 1);
}

TEST_CASE("a selection is packed, ascending and labelled by column") {
  RequestSpec spec;
  spec.subjects = "NSD-03,NSD-01";
  spec.roi = {"R_RSC", "L_RSC"};
  const Request request = resolve_request(nsd_model(), spec);
  REQUIRE(request.targets.size() == 2);
  CHECK(request.targets[0].name == "NSD-03");
  CHECK(request.rows == std::vector<std::uint32_t>{651, 681, 682});
  CHECK(request.columns == 3);
  CHECK(request.positions.empty());
  CHECK(request.labels.grayordinate == std::vector<std::int32_t>{1269, 1302, 1303});
  CHECK(request.labels.roi == std::vector<std::string>{"L_RSC", "L_RSC", "L_RSC"});
  CHECK(request.labels.group == std::vector<std::uint8_t>{18, 18, 18});
  REQUIRE(request.notes.size() == 1);
  CHECK_THAT(request.notes[0], contains("R_RSC"));
}

TEST_CASE("expanded columns lie where a scatter by grayordinate puts them") {
  const ModelInfo info = nsd_model("visual");
  RequestSpec spec;
  spec.expand = true;
  const Request request = resolve_request(info, spec);
  CHECK(request.columns == 91282);
  CHECK(request.rows.size() == 7831);
  REQUIRE(request.positions.size() == request.rows.size());

  std::vector<int> expected(91282, -1);
  for (std::size_t k = 0; k < info.grayordinates.size(); ++k) {
    expected[info.grayordinates[k]] = static_cast<int>(k);
  }
  std::vector<int> found(91282, -1);
  for (std::size_t i = 0; i < request.rows.size(); ++i) {
    found[request.positions[i]] = static_cast<int>(request.rows[i]);
  }
  CHECK(found == expected);
}

TEST_CASE("an expanded full model leaves 34,231 grayordinates empty") {
  RequestSpec spec;
  spec.expand = true;
  const Request request = resolve_request(nsd_model(), spec);
  CHECK(request.columns - request.positions.size() == 34231);
}

TEST_CASE("an expanded selection keeps its places and labels all 91,282 columns") {
  RequestSpec spec;
  spec.roi = {"L_RSC"};
  spec.expand = true;
  const Request request = resolve_request(nsd_model(), spec);
  CHECK(request.rows == std::vector<std::uint32_t>{651, 681, 682});
  CHECK(request.positions == std::vector<std::uint32_t>{1269, 1302, 1303});
  REQUIRE(request.labels.grayordinate.size() == 91282);
  REQUIRE(request.labels.roi.size() == 91282);
  REQUIRE(request.labels.group.size() == 91282);
  CHECK(request.labels.grayordinate[91281] == 91281);
  CHECK(request.labels.roi[1269] == "L_RSC");
  CHECK(request.labels.roi[59412] == "accumbens_left");
  CHECK(request.labels.roi[60334] == "brain_stem");
  CHECK(request.labels.group[60334] == 0);
  CHECK(request.labels.group[0] > 0);
}

TEST_CASE("a model without atlas gives all or masked columns without labels") {
  const ModelInfo info = test::model_without_atlas(5);
  const Request all = resolve_request(info, {});
  CHECK(all.rows == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  CHECK(all.columns == 5);
  CHECK(all.labels.grayordinate.empty());
  CHECK(all.labels.roi.empty());
  CHECK(all.labels.group.empty());

  const test::TemporaryFolder folder;
  test::write_text(folder / "mask.npy",
                   make_npy_header("|u1", {5}) + std::string("\x00\x01\x00\x00\x01", 5));
  RequestSpec spec;
  spec.vertex_mask_path = (folder / "mask.npy").string();
  CHECK(resolve_request(info, spec).rows == std::vector<std::uint32_t>{1, 4});
}

TEST_CASE("a model without atlas cannot be expanded nor selected by area or group") {
  const ModelInfo info = test::model_without_atlas(5);
  RequestSpec expand;
  expand.expand = true;
  CHECK_THAT(error_of([&] { resolve_request(info, expand); }),
             contains("code 2") && contains("this model has no atlas"));
  RequestSpec roi;
  roi.roi = {"V1"};
  CHECK_THAT(error_of([&] { resolve_request(info, roi); }),
             contains("code 2") && contains("this model has no atlas"));
  RequestSpec group;
  group.groups = "1";
  CHECK_THAT(error_of([&] { resolve_request(info, group); }),
             contains("code 2") && contains("this model has no atlas"));
}

TEST_CASE("a singlehead model resolves to its one readout") {
  RequestSpec spec;
  spec.groups = "1";
  const Request request = resolve_request(test::singlehead_model({}), spec);
  REQUIRE(request.targets.size() == 1);
  CHECK(request.targets[0].result_path == std::vector<std::string>{"readout"});
  CHECK(request.rows.size() == 1603);
}
