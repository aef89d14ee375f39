// Which device a command computes on, and whether it trusts it: with a module that is no CUDA.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "kernels/cpu/isa.h"
#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

struct Bench {
  TemporaryFolder folder;
  std::string model = (folder / "single.model").string();
  std::string output = (folder / "out.h5").string();
  std::string cache = (folder / "cache").string();

  Bench() { make_model(model, false); }

  // faults: of the fake card.
  Outcome corticast(const std::string& arguments, const std::string& faults = "none") const {
    return run_program("env", std::string("CORTICAST_CUDA_MODULE='") + CORTICAST_FAKE_CUDA_MODULE +
                                  "' CORTICAST_CACHE='" + cache + "' CORTICAST_FAKE_CUDA=" +
                                  faults + " '" + CORTICAST_PROGRAM + "' " + arguments);
  }
  Outcome encode(const std::string& flags, const std::string& faults = "none") const {
    return corticast("encode " + data_path("images/rocket_224x224_rgb.png").string() + " " +
                         data_path("images/chelsea_97x60_rgb.png").string() + " -m " + model +
                         " -o " + output + " --force " + flags,
                     faults);
  }
  std::string device_used() const { return ReadFile(output).attribute("device"); }
};

}  // namespace

TEST_CASE("auto takes the GPU after a selftest that is remembered") {
  const Bench bench;
  const Outcome first = bench.encode("");
  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK_THAT(first.err, contains("first use of cuda:0 (a fake card) in fp32: selftest") &&
                            contains("selftest passed") && contains("note: fp16 would be faster"));
  CHECK(bench.device_used() == "cuda:0 (a fake card)");
  const Outcome second = bench.encode("--device cuda");
  CHECK(second.exit_code == 0);
  CHECK_THAT(second.err, !contains("selftest"));
  const Outcome other = bench.encode("--device cuda --precision fp16");
  CHECK_THAT(other.err,
             contains("first use of cuda:0 (a fake card) in fp16") && !contains("would be faster"));
}

TEST_CASE("auto without a GPU is the CPU, and says why only where it matters") {
  const Bench bench;
  const Outcome run = bench.encode("", "absent");
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.err, !contains("card"));
  CHECK_THAT(bench.device_used(), contains("cpu ("));
  const Outcome fp16 = bench.encode("--precision fp16", "absent");
  CHECK(fp16.exit_code == 6);
  CHECK_THAT(fp16.err, contains("not available on the CPU, and no GPU can be used: no card is "
                                "plugged in"));
  const Outcome cuda = bench.encode("--device cuda", "absent");
  CHECK(cuda.exit_code == 6);
  CHECK_THAT(cuda.err, contains("no card is plugged in") && contains("Buy one."));
}

TEST_CASE("a GPU that fails its selftest is replaced under auto and refused under cuda") {
  const Bench bench;
  for (const std::string faults : {"selftest-fails", "selftest-throws"}) {
    const std::string why = faults == "selftest-fails"
                                ? "failed its selftest in fp32: block 2 differs from the reference "
                                  "by 3.0e-02 of its rms"
                                : "the card fell out";
    const Outcome automatic = bench.encode("", faults);
    INFO(automatic.err);
    CHECK(automatic.exit_code == 0);
    CHECK_THAT(automatic.err, contains(why) && contains("going on with the CPU"));
    CHECK_THAT(bench.device_used(), contains("cpu ("));
    CHECK(ReadFile(bench.output).attribute("batch") == "2");
    std::filesystem::remove(bench.output);

    const Outcome cuda = bench.encode("--device cuda", faults);
    CHECK(cuda.exit_code == 6);
    CHECK_THAT(cuda.err, contains(why));
    CHECK_FALSE(std::filesystem::exists(bench.output));
    CHECK_FALSE(std::filesystem::exists(bench.output + ".part"));
  }
  CHECK(bench.encode("--device cuda --no-selftest", "selftest-fails").exit_code == 0);
  CHECK(bench.device_used() == "cuda:0 (a fake card)");
  const Outcome fp16 = bench.encode("--precision fp16", "selftest-fails");
  CHECK(fp16.exit_code == 6);
  CHECK_THAT(fp16.err, contains("failed its selftest") && contains("not available on the CPU"));
}

TEST_CASE("nothing is checked where nothing is computed") {
  const Bench bench;
  const Outcome dry = bench.encode("--dry-run --device cuda", "selftest-fails");
  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, contains("selftest  not checked yet: the run begins with it"));
  CHECK_THAT(dry.err, !contains("selftest"));
  CHECK_THAT(bench.encode("--dry-run --device cuda --no-selftest").out,
             contains("--no-selftest leaves it so"));
  CHECK_THAT(bench.encode("--dry-run --device cpu").out, !contains("selftest"));
  REQUIRE(bench.encode("--device cuda").exit_code == 0);
  CHECK_THAT(bench.encode("--dry-run --device cuda").out, contains("selftest  passed before"));

  std::filesystem::remove_all(bench.cache);
  const Outcome again =
      bench.corticast("encode " + data_path("images/rocket_224x224_rgb.png").string() + " " +
                          data_path("images/chelsea_97x60_rgb.png").string() + " -m " +
                          bench.model + " -o " + bench.output + " --device cuda",
                      "selftest-fails");
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, contains("already complete") && !contains("selftest"));
}

TEST_CASE("check computes on both, writes the first one's responses and says how they differ") {
  const Bench bench;
  REQUIRE(bench.encode("--device cpu").exit_code == 0);
  const auto expected = ReadFile(bench.output).floats("/responses/readout");
  const Outcome good = bench.encode("--device check:cuda,cpu");
  INFO(good.err);
  CHECK(good.exit_code == 0);
  CHECK_THAT(good.err, contains("check: cuda:0 (a fake card) in fp32 against cpu (") &&
                           contains("2 images, 10 responses") && !contains("first use"));
  CHECK_THAT(bench.device_used(), contains("check of cuda:0 (a fake card) against cpu ("));
  CHECK(ReadFile(bench.output).floats("/responses/readout") == expected);

  const Outcome bad = bench.encode("--device check:cuda,cpu", "answers-differ");
  CHECK(bad.exit_code == 7);
  CHECK(bad.out == bench.output + "\n");
  CHECK_THAT(bad.err, contains("largest difference") && contains("readout, column 0") &&
                          contains("the two devices differ more than they may"));
  auto wrong = expected;
  wrong[0] *= 1.01f;
  CHECK(ReadFile(bench.output).floats("/responses/readout") == wrong);

  const Outcome fp16 = bench.encode("--device check:cuda,cpu --precision fp16");
  CHECK(fp16.exit_code == 0);
  CHECK_THAT(fp16.err, contains("in fp16 against cpu (") && contains(") in fp32"));
  CHECK(ReadFile(bench.output).attribute("precision") == "fp16");

  CHECK(bench.encode("--device check:cuda").exit_code == 6);
  CHECK(bench.encode("--device check:check:cpu,cpu,cpu").exit_code == 6);
}

TEST_CASE("info --devices lists what there is, with its selftests, or why there is nothing") {
  const Bench bench;
  const Outcome before = bench.corticast("info --devices");
  CHECK(before.exit_code == 0);
  CHECK_THAT(before.out, contains("instruction set") && contains("cuda:0: a fake card") &&
                             contains("80.0 GB, 70.0 GB free") &&
                             contains("9.7.1, too old for corticast plan") &&
                             contains("not found: no --readout gemm") && contains("fp32, fp16") &&
                             contains("not yet"));
  CHECK_THAT(before.out, contains("cuda:1\n") && contains("too old. Use another."));
  REQUIRE(bench.encode("--device cuda --precision fp16").exit_code == 0);
  CHECK_THAT(bench.corticast("info --devices").out,
             contains("passed on 2") && contains("fp16, 8 channels, readout auto"));

  const auto json = nlohmann::json::parse(bench.corticast("info --devices --json").out);
  CHECK(json["cpu"]["precisions"][1] == "fp32-strict");
  REQUIRE(json["cuda"].size() == 2);
  CHECK(json["cuda"][0]["compute_capability"] == "9.0");
  CHECK(json["cuda"][0]["selftests"][0]["precision"] == "fp16");
  CHECK(json["cuda"][1]["problem"] == "too old. Use another.");

  const Outcome none = bench.corticast("info --devices", "absent");
  CHECK(none.exit_code == 0);
  CHECK_THAT(none.out, contains("no CUDA device: no card is plugged in. Buy one."));
  CHECK(bench.corticast("info").exit_code == 2);
  CHECK(bench.corticast("info --devices " + bench.model).exit_code == 2);
}

TEST_CASE("info --devices says which instruction sets there are and which one is used") {
  const auto under = [](const std::string& isa) {
    return run_program(
        "env", "CORTICAST_ISA=" + isa + " '" + CORTICAST_PROGRAM + "' info --devices --json");
  };
  const auto cpu = nlohmann::json::parse(under("portable").out)["cpu"];
  CHECK(cpu["instruction_set"] == "portable");
  CHECK(cpu["instruction_sets"][0] == "portable");
  CHECK(cpu["precisions"] == nlohmann::json({"fp32", "fp32-strict"}));
  const std::string best = cpu["instruction_sets"].back();
  const auto with_best = nlohmann::json::parse(under(best).out)["cpu"];
  CHECK(with_best["instruction_set"] == best);
  CHECK(with_best["precisions"].size() ==
        (kernels::cpu::bf16_available(kernels::cpu::available_isas().back()) ? 3 : 2));
  const Outcome unknown = under("sse9");
  CHECK(unknown.exit_code == 6);
  CHECK_THAT(unknown.err, contains("sse9") && contains("portable"));
}

TEST_CASE("selftest shows every step and ends with 7 when one differs") {
  const Bench bench;
  const std::string small = " --channels 8 --vertices 20 --precision fp32 ";
  const Outcome cpu = bench.corticast("selftest --device cpu" + small);
  INFO(cpu.err);
  CHECK(cpu.exit_code == 0);
  CHECK_THAT(cpu.out, contains("block 2: Winograd 5x5, 8 -> 8, 222x222, pooled 2x2") &&
                          contains("NSD-01: readout, 20 vertices") &&
                          contains("expand to 40 columns") && contains("comparisons passed") &&
                          contains("readout gemm is not available on the CPU") &&
                          !contains("FAILED"));
  const Outcome bad = bench.corticast("selftest --device cuda" + small, "selftest-fails");
  CHECK(bad.exit_code == 7);
  CHECK_THAT(bad.out, contains("FAILED"));
  CHECK(bench.corticast("selftest" + small, "absent").exit_code == 0);
  CHECK(bench.corticast("selftest --device cuda" + small, "absent").exit_code == 6);
  CHECK(bench.corticast("selftest --device cpu --channels 8 --precision tf32").exit_code == 6);
  CHECK(bench.corticast("selftest --device cpu --channels 12").exit_code == 2);
  CHECK(bench.corticast("selftest --device cpu --channels 8 --precision fp8").exit_code == 2);
}

TEST_CASE("selftest takes a model, and answers in JSON") {
  const Bench bench;
  const Outcome run =
      bench.corticast("selftest --device cpu --precision fp32 --json -m " + bench.model);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.err, contains("test-single, 8 channels, 5 vertices of one subject"));
  const auto json = nlohmann::json::parse(run.out);
  REQUIRE(json.size() == 12);  // normalise, 8 blocks, the last pool, readout, expand
  CHECK(json[0]["step"] == "normalise");
  for (const auto& check : json) {
    CHECK(check["passed"] == true);
    CHECK(check["precision"] == "fp32");
    CHECK(check["rms_error"].get<double>() <= check["bound"].get<double>());
  }
}
