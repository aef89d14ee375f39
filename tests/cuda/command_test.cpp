// The whole way a user goes, with --device cuda on a simulated card.
#include <cmath>

#include "tests/cli/responses.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// arguments: of corticast. Ends with 1 when a check of the simulated device reported something.
Outcome run_on(const std::string& card, const std::string& arguments) {
  return run_program(CUDA_SIM_PROGRAM,
                     "--profile " + card + " -- '" + CORTICAST_PROGRAM + "' " + arguments);
}

}  // namespace

TEST_CASE("corticast encode --device cuda gives the goldens") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  const std::string output = (folder / "out.h5").string();
  REQUIRE(run_corticast_weights("convert " + data_path("checkpoints/multihead_zip.pth").string() +
                                " -o " + model)
              .exit_code == 0);
  const Outcome run =
      run_on("a100", "encode " + data_path("images").string() + " -m " + model + " -o " + output +
                         " --device cuda --batch 8 --no-selftest");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(run.out == output + "\n");
  CHECK_THAT(run.err, contains("fused_readout"));  // it did run there

  const auto golden = load_npz(data_path("goldens/out_multihead_zip.npz"));
  const ReadFile file(output);
  check_responses(file, "/responses/NaturalScenesDataset/sub-01", golden.at("sub-01_NSD/f64"));
  check_responses(file, "/responses/NaturalScenesDataset/sub-05", golden.at("sub-05_NSD/f64"));
  CHECK_THAT(file.attribute("device"), contains("cuda:0 (") && contains("cuDNN 9."));
}

TEST_CASE("expanded rows are NaN exactly where the CPU's are") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, true);
  const std::string what = "encode " + data_path("images/rocket_224x224_rgb.png").string() + " " +
                           data_path("images/chelsea_97x60_rgb.png").string() + " -m " + model +
                           " --roi V1,L_V2 --subjects NSD-01 --expand -o ";
  const std::string on_cpu = (folder / "cpu.h5").string();
  REQUIRE(run_corticast(what + on_cpu).exit_code == 0);
  const std::vector<float> expected =
      ReadFile(on_cpu).floats("/responses/NaturalScenesDataset/sub-01");
  for (const char* card : {"t4", "h100"}) {
    const std::string output = (folder / (std::string(card) + ".h5")).string();
    const Outcome run = run_on(card, what + output + " --device cuda --no-selftest");
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const std::vector<float> got =
        ReadFile(output).floats("/responses/NaturalScenesDataset/sub-01");
    REQUIRE(got.size() == expected.size());
    double error = 0;
    double norm = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      REQUIRE(std::isnan(got[i]) == std::isnan(expected[i]));
      if (std::isnan(got[i])) continue;
      const auto value = static_cast<double>(expected[i]);
      error += std::pow(static_cast<double>(got[i]) - value, 2);
      norm += value * value;
    }
    CHECK(std::sqrt(error / norm) <= 3e-6);
  }
}

TEST_CASE("what the card cannot do ends with 6 and says why") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, false);
  const std::string what = "encode " + data_path("images/rocket_224x224_rgb.png").string() +
                           " -m " + model + " -o " + (folder / "out.h5").string();
  const Outcome beyond = run_on("t4", what + " --device cuda:1");
  CHECK(beyond.exit_code == 6);
  CHECK_THAT(beyond.err, contains("there is no device cuda:1: 1 CUDA device here"));
  const Outcome coarse = run_on("t4", what + " --device cuda --precision bf16 --dry-run");
  CHECK(coarse.exit_code == 6);
  CHECK_THAT(coarse.err, contains("(compute capability 7.5) has no bf16"));
  const Outcome text = run_corticast(what + " --device cuda:first");
  CHECK(text.exit_code == 6);
  CHECK_THAT(text.err, contains("device 'cuda:first' is not available"));
}

TEST_CASE("a missing or broken module is said by name") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, false);
  const std::string what = std::string("'") + CORTICAST_PROGRAM + "' encode " +
                           data_path("images/rocket_224x224_rgb.png").string() + " -m " + model +
                           " -o " + (folder / "out.h5").string() + " --device cuda";
  const auto with_module = [&](const std::string& file) {
    return run_program("env", "CORTICAST_CUDA_MODULE=" + file + " " + what);
  };
  const Outcome missing = with_module("/nowhere/module.so");
  CHECK(missing.exit_code == 6);
  CHECK_THAT(missing.err, contains("no CUDA module") && contains("/nowhere/module.so"));
  const Outcome no_library = with_module(model);
  CHECK(no_library.exit_code == 6);
  CHECK_THAT(no_library.err, contains("the CUDA module cannot be loaded"));
}

TEST_CASE("corticast plan --device cuda lists what the card that is there would run") {
  const Outcome listed =
      run_on("h100", "plan --device cuda --channels 16 --batch 2 --precision fp16");
  INFO(listed.err);
  CHECK(listed.exit_code == 0);
  CHECK_THAT(listed.out, contains("what cuda:0 would run") && contains("eng"));
  const Outcome absent = run_on("h100", "plan --device cuda:3");
  CHECK(absent.exit_code == 6);
  CHECK_THAT(absent.err, contains("there is no device cuda:3"));
  const Outcome neither = run_corticast("plan");
  CHECK(neither.exit_code == 2);
  CHECK_THAT(neither.err, contains("--device cuda") && contains("--profile"));
}
