// Choosing, trusting and checking a simulated card through the command.
#include "tests/cli/responses.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

Outcome run_on(const std::string& card, const std::string& arguments) {
  return run_program(CUDA_SIM_PROGRAM,
                     "--profile " + card + " -- '" + CORTICAST_PROGRAM + "' " + arguments);
}

// One photograph through a narrow model.
struct Bench {
  TemporaryFolder folder;
  std::string model = (folder / "single.model").string();
  std::string output = (folder / "out.h5").string();
  std::string encode = "encode " + data_path("images/rocket_224x224_rgb.png").string() + " -m " +
                       model + " -o " + output + " ";
  Bench() { make_model(model, false); }
};

}  // namespace

TEST_CASE("auto computes on a card that passed its selftest just before") {
  const Bench bench;
  const Outcome run = run_on("t4", bench.encode + "--batch 1");
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.err, contains("in fp32: selftest") && contains("selftest passed"));
  CHECK_THAT(ReadFile(bench.output).attribute("device"), contains("cuda:0 ("));
}

TEST_CASE("auto says why it leaves a card alone") {
  const Bench bench;
  const Outcome run =
      run_program(CUDA_SIM_PROGRAM,
                  std::string("--profile t4 -- env CORTICAST_CUDNN=/nowhere/libcudnn.so.9 '") +
                      CORTICAST_PROGRAM + "' " + bench.encode + "--batch 1");
  INFO(run.err);
  CHECK_THAT(run.err,
             contains("the GPU of this machine cannot be used: cuDNN could not be loaded"));
  CHECK_THAT(ReadFile(bench.output).attribute("device"), contains("cpu ("));
}

TEST_CASE("check compares a card with the CPU on the user's images") {
  const Bench bench;
  const Outcome run = run_on("a100", bench.encode + "--batch 1 --device check:cuda,cpu");
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.err, contains("check: cuda:0 (") && contains("against cpu (") &&
                          contains("1 image, 5 responses"));
  CHECK_THAT(ReadFile(bench.output).attribute("device"), contains("check of cuda:0 ("));
}

TEST_CASE("info --devices describes a card") {
  const Outcome t4 = run_on("t4", "info --devices");
  INFO(t4.err);
  CHECK_THAT(t4.out, contains("cuda:0: ") && contains("7.5") &&
                         contains("fp32, fp32-strict, fp16\n") && contains("not yet") &&
                         !contains("too old"));
  CHECK_THAT(run_on("h100", "info --devices").out,
             contains("9.0") && contains("fp32, fp32-strict, tf32, fp16, bf16"));
}

TEST_CASE("selftest compares both readouts of a card with the references and with each other") {
  const Outcome run = run_on(
      "h100", "selftest --device cuda --channels 8 --vertices 20 --batch 1 --precision fp16");
  INFO(run.out);
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.out, contains("fp16, readout fused") && contains("fp16, readout gemm") &&
                          contains("readout gemm against fused: ok") &&
                          contains("comparisons passed"));
}
