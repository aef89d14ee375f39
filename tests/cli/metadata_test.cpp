#include <nlohmann/json.hpp>

#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast::test;

TEST_CASE("what is known of a subject is shown, added, compared and chosen by") {
  const TemporaryFolder folder;
  const std::string synthetic = (folder / "synthetic").string();
  const std::string plain = (folder / "plain").string();
  const std::string added = (folder / "added").string();
  const std::string facts = " --features 1 --vertices visual --subjects NSD-01,THINGS-02 ";
  REQUIRE(run_corticast_weights("synth -o " + synthetic + facts + "--metadata").exit_code == 0);
  REQUIRE(run_corticast_weights("synth -o " + plain + facts).exit_code == 0);
  const std::string file = data_path("metadata/numpy1.npy").string();
  const auto add =
      run_corticast_weights("metadata " + plain + " THINGS-02=" + file + " -o " + added);
  CHECK(add.exit_code == 0);
  CHECK_THAT(add.err, contains("not kept: 'roi', 'vertex_mapping_all'"));
  CHECK(run_corticast_weights("verify " + added).exit_code == 0);
  const auto compared = run_corticast_weights("compare " + plain + " " + added);
  CHECK(compared.exit_code == 0);
  CHECK_THAT(compared.out, contains("identical weights; what is known of the subjects differs"));
  CHECK(run_corticast_weights("metadata " + plain + " " + file + " -o " + added).exit_code == 5);
  CHECK(run_corticast_weights("metadata " + plain + " " + file + " -o " + plain).exit_code == 2);

  const auto shown = run_corticast("info " + synthetic + " --subject THINGS-02");
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, contains("12 (8 train, 4 test), 12 of them seen by this subject"));
  CHECK_THAT(shown.out, contains("not in the file: train_n-1, train_n-avg, artificial_n-1"));
  const auto json = nlohmann::json::parse(
      run_corticast("info " + synthetic + " --json --subject sub-01_NSD").out);
  CHECK(json.at("noise_ceilings").at("test_n-avg").at(0).at("vertices") == 7831);
  CHECK_THAT(run_corticast("info " + plain + " --subject NSD-01").out,
             contains("noise ceilings  none in the file"));
  CHECK(run_corticast("info " + plain + " --subject NSD-03").exit_code == 2);

  const std::string image = (data_path("images") / "astro_122x91_ycck.jpg").string();
  const std::string encode = "encode " + image + " --dry-run -o " + (folder / "o.h5").string();
  const auto chosen = run_corticast(encode + " -m " + synthetic +
                                    " --subjects NSD-01 --min-noise-ceiling test_n-avg:0.5");
  CHECK(chosen.exit_code == 0);
  CHECK_THAT(chosen.err,
             contains("of 7,831 vertices have a noise ceiling test_n-avg of at least 0.5 in "
                      "NSD-01"));
  const auto refused = run_corticast(encode + " -m " + plain + " --min-noise-ceiling test_n-1:0");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, contains("corticast-weights metadata MODEL"));
  CHECK(run_corticast("rois " + synthetic + " --min-noise-ceiling test_n-1:5").exit_code == 2);
}
