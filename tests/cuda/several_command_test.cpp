// --device cuda:all on several simulated cards.
#include <cmath>

#include "tests/cli/responses.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

Outcome run_on(const std::string& simulated, const std::string& arguments) {
  return run_program(CUDA_SIM_PROGRAM, simulated + " -- '" + CORTICAST_PROGRAM + "' " + arguments);
}

}  // namespace

TEST_CASE("corticast encode --device cuda:all writes one card's rows") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, false);
  std::string what = "encode -m " + model + " --batch 1 --no-selftest";
  for (const char* image :
       {"chelsea_97x60_rgb", "clock_77x110_gray4", "rocket_224x224_rgb", "astro_96x99_rgb16"}) {
    what += " " + data_path(std::string("images/") + image + ".png").string();
  }
  what += " -o ";
  const std::string one = (folder / "one.h5").string();
  const Outcome single = run_on("--profile h100", what + one + " --device cuda");
  INFO(single.err);
  REQUIRE(single.exit_code == 0);
  const std::string three = (folder / "three.h5").string();
  const Outcome run = run_on("--profile h100 --devices 3", what + three + " --device cuda:all");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const ReadFile file(three);
  const auto rows = file.floats("/responses/readout");
  CHECK(rows.size() == 4 * 5);
  CHECK(rows == ReadFile(one).floats("/responses/readout"));
  CHECK_THAT(file.attribute("device"), contains("cuda:0, cuda:1, cuda:2 (3 x "));
}

TEST_CASE("memory that one of several cards lacks ends the run with 6 and the card's name") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, false);
  const std::string what = "encode " + data_path("images/rocket_224x224_rgb.png").string() +
                           " -m " + model + " -o " + (folder / "out.h5").string() +
                           " --device cuda:all --no-selftest";
  // With one card it is that card.
  const Outcome alone = run_on("--profile t4", what + " --dry-run");
  CHECK_THAT(alone.out + alone.err, contains("cuda:0 (Tesla T4"));
  const Outcome run = run_on("--profile t4 --devices 2 --fail-allocation 20", what);
  CHECK(run.exit_code == 6);
  CHECK_THAT(run.err, contains("cuda:0: ") || contains("cuda:1: "));
  CHECK_THAT(run.err, contains("could not be had"));
}
