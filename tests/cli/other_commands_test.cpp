#include <nlohmann/json.hpp>

#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("preprocess writes one uint8 image a row and respects an existing file") {
  const TemporaryFolder folder;
  const std::string output = (folder / "pixels.npy").string();
  const std::string image = data_path("images/rocket_293x198_420opt.jpg").string();
  const Outcome run = run_corticast("preprocess " + image + " " + image + " -o " + output);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(run.out == output + "\n");
  const Array pixels = load_npy(output);
  CHECK(pixels.dtype == "|u1");
  CHECK(pixels.shape == std::vector<std::uint64_t>{2, 224, 224, 3});
  CHECK(std::equal(pixels.bytes.begin(), pixels.bytes.begin() + 224 * 224 * 3,
                   pixels.bytes.begin() + 224 * 224 * 3));

  CHECK(run_corticast("preprocess " + image + " -o " + output).exit_code == 5);
  CHECK(run_corticast("preprocess " + image + " --force -o " + output).exit_code == 0);
  CHECK(load_npy(output).shape[0] == 1);
  CHECK(run_corticast("preprocess " + image + " -o " + (folder / "x.h5").string()).exit_code == 2);
}

TEST_CASE("preprocess reports every bad image and writes nothing") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "in");
  write_text(folder / "in/a.jpg", "junk");
  write_text(folder / "in/b.png", "junk");
  std::filesystem::copy(data_path("images/rocket_224x224_rgb.png"), folder / "in/c.png");
  const Outcome run = run_corticast("preprocess " + (folder / "in").string() + " -o " +
                                    (folder / "out.npy").string());
  CHECK(run.exit_code == 4);
  CHECK_THAT(run.err, contains("a.jpg: ") && contains("b.png: ") && contains("2 of 3"));
  CHECK_FALSE(std::filesystem::exists(folder / "out.npy"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("info describes a model for people and for programs") {
  const TemporaryFolder folder;
  make_model(folder / "m", true);
  const std::string path = (folder / "m").string();
  const Outcome text = run_corticast("info " + path);
  CHECK(text.exit_code == 0);
  CHECK_THAT(text.out, contains("test-visual") && contains("UNTRAINED") && contains("7,831") &&
                           contains("NSD-01") && contains("NaturalScenesDataset/sub-01"));
  const Outcome run = run_corticast("info --json " + path);
  REQUIRE(run.exit_code == 0);
  const auto json = nlohmann::json::parse(run.out);
  CHECK(json["model_id"] == "test-visual");
  CHECK(json["untrained"] == true);
  CHECK(json["head"] == "multihead");
  CHECK(json["channels"] == 8);
  CHECK(json["vertices"] == 7831);
  CHECK(json["model_hash"].get<std::string>().size() == 64);
  CHECK(json["subjects"][1]["subject"] == "NSD-01");
  CHECK(json["vertex_mapping_all"].size() == 7831);
  CHECK(json["vertex_mapping_all"][0] == 4);
  CHECK(json["glasser_group_id"].size() == 7831);
  CHECK(json["glasser_groups"][0]["vertices"] == 1603);
  CHECK(json["rois"][0]["name"] == "L_V1");
  CHECK(json["rois"][0]["vertices"] == 816);
}

TEST_CASE("info of a model without atlas leaves the atlas out") {
  const TemporaryFolder folder;
  make_model(folder / "m", false);
  const Outcome run = run_corticast("info --json " + (folder / "m").string());
  REQUIRE(run.exit_code == 0);
  const auto json = nlohmann::json::parse(run.out);
  CHECK(json["head"] == "singlehead");
  CHECK_FALSE(json.contains("rois"));
  CHECK(run_corticast("rois " + (folder / "m").string()).exit_code == 2);
}

TEST_CASE("rois lists 360 areas with their counts") {
  const Outcome text = run_corticast("rois");
  CHECK(text.exit_code == 0);
  CHECK(std::count(text.out.begin(), text.out.end(), '\n') == 361);
  const auto json = nlohmann::json::parse(run_corticast("rois --json").out);
  REQUIRE(json.size() == 360);
  std::size_t total = 0;
  for (const auto& area : json) total += area["vertices"].get<std::size_t>();
  CHECK(total == 57051);
}

TEST_CASE("help and version go to stdout and exit with 0") {
  for (const char* arguments : {"--help", "encode --help", "preprocess --help", "info --help",
                                "rois --help", "selftest --help", "--version"}) {
    const Outcome run = run_corticast(arguments);
    CAPTURE(arguments);
    CHECK(run.exit_code == 0);
    CHECK_FALSE(run.out.empty());
    CHECK(run.err.empty());
  }
  const std::string help = run_corticast("encode --help").out;
  for (const char* flag :
       {"--subjects", "--roi", "--group", "--vertex-mask", "--expand", "--reduce", "--device",
        "--precision", "--readout", "--tune", "--no-selftest", "--batch", "--threads", "--progress",
        "--shard", "--strict", "--dry-run", "--force", "-0"}) {
    CHECK_THAT(help, contains(flag));
  }
}

TEST_CASE("a mistake in a command's flags points at that command's help") {
  const Outcome flag = run_corticast("encode --no-such-flag");
  CHECK(flag.exit_code == 2);
  CHECK_THAT(flag.err, contains("Run 'corticast encode --help'."));
  const Outcome command = run_corticast("no-such-command");
  CHECK(command.exit_code == 2);
  CHECK_THAT(command.err, contains("Run 'corticast --help'."));
}
