#include "engine/atlas/subjects.h"

#include "tests/atlas/models.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"

using namespace corticast;
using corticast::test::contains;
using corticast::test::error_of;
using corticast::test::nsd_model;

namespace {

using Names = std::vector<std::string>;

Names names(const ModelInfo& info, const std::string& list) {
  Names result;
  for (const Target& target : resolve_subjects(info, list)) result.push_back(target.name);
  return result;
}

ModelInfo mixed_model() {
  return test::model_of("visual", {"BOLD5000-01", "NSD-02", "NSD-03", "THINGS-03", "deeprecon-01"});
}

}  // namespace

TEST_CASE("all subjects are taken in file order") {
  CHECK(names(nsd_model(), "all") ==
        Names{"NSD-01", "NSD-02", "NSD-03", "NSD-04", "NSD-05", "NSD-06", "NSD-07", "NSD-08"});
  CHECK(names(mixed_model(), "all") ==
        Names{"BOLD5000-01", "NSD-02", "NSD-03", "THINGS-03", "deeprecon-01"});
}

TEST_CASE("a target says which readout it is and where its result goes") {
  const auto targets = resolve_subjects(mixed_model(), "THINGS-03,NSD-02");
  REQUIRE(targets.size() == 2);
  CHECK(targets[0].readout == 3);
  CHECK(targets[0].result_path == Names{"THINGS", "sub-03"});
  CHECK(targets[1].readout == 1);
  CHECK(targets[1].result_path == Names{"NaturalScenesDataset", "sub-02"});
  CHECK(targets[1].name == "NSD-02");
}

TEST_CASE("every spelling names the same subject") {
  for (const std::string spelling :
       {"NSD-05", "NSD-5", "sub-05_NSD", "NaturalScenesDataset:5", "NSD:5", "5", "05"}) {
    INFO(spelling);
    CHECK(names(nsd_model(), spelling) == Names{"NSD-05"});
  }
}

TEST_CASE("request order is kept and a subject asked for twice appears once") {
  CHECK(names(nsd_model(), "8, NSD-02,sub-08_NSD,2,1") == Names{"NSD-08", "NSD-02", "NSD-01"});
  CHECK(names(mixed_model(), "NSD-03,all") ==
        Names{"NSD-03", "BOLD5000-01", "NSD-02", "THINGS-03", "deeprecon-01"});
}

TEST_CASE("unknown and absent subjects are refused with a suggestion and what the model holds") {
  CHECK_THAT(error_of([] { names(nsd_model(), "NSD-09"); }),
             contains("code 2: unknown subject 'NSD-09' | Did you mean NSD-0") &&
                 contains("This model holds NSD-01..NSD-08."));
  CHECK_THAT(error_of([] { names(nsd_model(), "NDS-03"); }),
             contains("unknown subject 'NDS-03' | Did you mean NSD-03?"));
  CHECK_THAT(error_of([] { names(nsd_model(), "NSD-01,THINGS-02"); }),
             contains("code 2: this model holds no readout for subject 'THINGS-02'"));
  CHECK_THAT(error_of([] { names(mixed_model(), "NSD-01"); }),
             contains("BOLD5000-01, NSD-02, NSD-03, THINGS-03, deeprecon-01."));
  for (const std::string word : {"0", "9", "-1", "NSD", "NSD-01-NSD-04", "99999999999", "sub-01"}) {
    INFO(word);
    CHECK_THAT(error_of([&] { names(nsd_model(), word); }), contains("code 2"));
  }
  CHECK_THAT(error_of([] { names(nsd_model(), ""); }), contains("code 2: --subjects names no"));
  CHECK_THAT(error_of([] { names(nsd_model(), " , "); }), contains("code 2: --subjects names no"));
}

TEST_CASE("a bare number needs a model of one dataset") {
  CHECK_THAT(error_of([] { names(mixed_model(), "2"); }),
             contains("code 2: subject '2' does not say of which dataset"));
}

TEST_CASE("a singlehead model has one target and takes all only") {
  const auto unknown = resolve_subjects(test::singlehead_model({}), "all");
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].readout == 0);
  CHECK(unknown[0].result_path == Names{"readout"});
  CHECK(unknown[0].name == "readout");

  const ModelInfo known = test::singlehead_model({"NSD-05"});
  const auto targets = resolve_subjects(known, "all");
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].result_path == Names{"readout"});
  CHECK(targets[0].name == "NSD-05");
  CHECK_THAT(error_of([&] { resolve_subjects(known, "NSD-05"); }),
             contains("code 2: subject 'NSD-05' cannot be chosen: this model has a single readout "
                      "(NSD-05)"));
  CHECK_THAT(error_of([] { resolve_subjects(test::singlehead_model({}), "1"); }),
             contains("code 2"));
}

TEST_CASE("lists of subjects are shortened to runs") {
  CHECK(describe_subjects(nsd_model().subjects) == "NSD-01..NSD-08");
  CHECK(describe_subjects(mixed_model().subjects) ==
        "BOLD5000-01, NSD-02, NSD-03, THINGS-03, deeprecon-01");
  CHECK(describe_subjects({}).empty());
}
