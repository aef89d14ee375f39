#include <sys/stat.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// A folder with an atlas model, a single-head model and two photographs.
struct Bench {
  TemporaryFolder folder;
  std::string visual = (folder / "visual.model").string();
  std::string single = (folder / "single.model").string();
  std::string photos = (folder / "photos").string();
  std::string output = (folder / "out.h5").string();

  Bench() {
    make_model(visual, true);
    make_model(single, false);
    std::filesystem::create_directory(photos);
    for (const char* name : {"rocket_224x224_rgb.png", "chelsea_97x60_rgb.png"}) {
      std::filesystem::copy(data_path(std::string("images/") + name), photos + "/" + name);
    }
  }
  Outcome encode(const std::string& model, const std::string& more = "") const {
    return run_corticast("encode " + photos + " -m " + model + " -o " + output + " " + more);
  }
};

}  // namespace

TEST_CASE("encode writes every subject and says where") {
  const Bench bench;
  const Outcome run = bench.encode(bench.visual);
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(run.out == bench.output + "\n");
  CHECK_THAT(run.err, contains("UNTRAINED") && contains("2 images in "));

  const ReadFile file(bench.output);
  CHECK(file.shape("/responses/NaturalScenesDataset/sub-01") == std::vector<hsize_t>{2, 7831});
  CHECK(file.shape("/responses/BOLD5000/sub-02") == std::vector<hsize_t>{2, 7831});
  for (const float value : file.floats("/responses/BOLD5000/sub-02")) {
    if (!std::isfinite(value)) FAIL("a response is not finite");
  }
  CHECK(file.texts("/images/path") ==
        std::vector<std::string>{"chelsea_97x60_rgb.png", "rocket_224x224_rgb.png"});
  CHECK(file.attribute("untrained") == "1");
  CHECK_THAT(file.attribute("command_line"), contains("encode") && contains(bench.photos));
}

TEST_CASE("the same command again computes nothing, another one is refused") {
  const Bench bench;
  REQUIRE(bench.encode(bench.single).exit_code == 0);
  const std::string first = read_text(bench.output);
  const Outcome again = bench.encode(bench.single, "--batch auto --threads 1");
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, contains("already complete"));
  CHECK(again.out == bench.output + "\n");
  CHECK(read_text(bench.output) == first);

  const Outcome other = bench.encode(bench.visual);
  CHECK(other.exit_code == 5);
  CHECK_THAT(other.err, contains("another run") && contains("--force"));
  CHECK(read_text(bench.output) == first);
  CHECK(bench.encode(bench.visual, "--force --roi L_V1").exit_code == 0);
  CHECK(ReadFile(bench.output).shape("/responses/BOLD5000/sub-02") == std::vector<hsize_t>{2, 816});
}

TEST_CASE("a folder of other photographs with the same names is another run") {
  const Bench bench;
  REQUIRE(bench.encode(bench.single).exit_code == 0);
  std::filesystem::copy(bench.photos, bench.folder / "others");
  const Outcome run = run_corticast("encode " + (bench.folder / "others").string() + " -m " +
                                    bench.single + " -o " + bench.output);
  CHECK(run.exit_code == 5);
  CHECK_THAT(run.err, contains("another run (inputs: "));
}

TEST_CASE("a bad image costs its row and exit code 4, or the run if strict") {
  const Bench bench;
  write_text(bench.photos + "/broken.jpg", "not a picture");
  const Outcome run = bench.encode(bench.single, "--batch 2");
  CHECK(run.exit_code == 4);
  CHECK(run.out == bench.output + "\n");
  CHECK_THAT(run.err, contains("bad image: broken.jpg: ") && contains("1 failed"));
  {
    const ReadFile file(bench.output);
    CHECK(file.bytes("/images/status") == std::vector<std::uint8_t>{1, 0, 0});
    CHECK_FALSE(file.texts("/images/error")[0].empty());
    const auto values = file.floats("/responses/readout");
    REQUIRE(values.size() == 15);
    for (std::size_t i = 0; i < 15; ++i) CHECK(std::isnan(values[i]) == (i < 5));
  }
  const Outcome strict = bench.encode(bench.single, "--strict --force");
  CHECK(strict.exit_code == 4);
  CHECK_THAT(strict.err, contains("broken.jpg: "));
  CHECK(strict.out.empty());
}

TEST_CASE("a selection narrows the columns, expand widens them to the whole brain") {
  const Bench bench;
  REQUIRE(
      bench.encode(bench.visual, "--subjects NSD-01 --roi L_V1 --roi R_V1 --group 3").exit_code ==
      0);
  {
    const ReadFile file(bench.output);
    CHECK(file.shape("/responses/NaturalScenesDataset/sub-01") ==
          std::vector<hsize_t>{2, 816 + 787 + 1116});
    CHECK_FALSE(file.has("/responses/BOLD5000"));
  }
  REQUIRE(bench.encode(bench.visual, "--subjects NSD-01 --roi V1 --expand --force").exit_code == 0);
  const ReadFile file(bench.output);
  const auto values = file.floats("/responses/NaturalScenesDataset/sub-01");
  REQUIRE(values.size() == 2 * 91282);
  std::size_t finite = 0;
  for (const float value : values) finite += std::isfinite(value);
  CHECK(finite == 2 * (816 + 787));
}

TEST_CASE("a dry run prints the plan and writes nothing") {
  const Bench bench;
  const Outcome run = bench.encode(bench.visual, "--dry-run --batch 2");
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.out, contains("images    2\n") && contains("chelsea_97x60_rgb.png") &&
                          contains("BOLD5000-02, NSD-01") && contains("7,831 columns") &&
                          contains("working memory") && contains("free"));
  CHECK_FALSE(std::filesystem::exists(bench.output));
  CHECK_FALSE(std::filesystem::exists(bench.output + ".part"));
}

TEST_CASE("mistakes on the command line exit with 2 and name the mistake") {
  const Bench bench;
  const auto refused = [&](const std::string& model, const std::string& flags) {
    const Outcome run = bench.encode(model, flags);
    CAPTURE(flags);
    CHECK(run.exit_code == 2);
    CHECK(run.out.empty());
    CHECK_FALSE(std::filesystem::exists(bench.output + ".part"));
    return run.err;
  };
  CHECK_THAT(refused(bench.visual, "--roi L_V9"), contains("L_V9"));
  CHECK_THAT(refused(bench.visual, "--subjects NSD-08"), contains("NSD-08"));
  CHECK_THAT(refused(bench.visual, "--group 23"), contains("23"));
  CHECK_THAT(refused(bench.visual, "--frobnicate"), contains("--frobnicate"));
  CHECK_THAT(refused(bench.visual, "--batch 0"), contains("--batch"));
  CHECK_THAT(refused(bench.visual, "--batch many"), contains("many"));
  CHECK_THAT(refused(bench.visual, "--precision fp8"), contains("fp8"));
  CHECK_THAT(refused(bench.visual, "--progress loud"), contains("loud"));
  refused(bench.single, "--expand");
  CHECK(run_corticast("encode -m " + bench.single + " -o " + bench.output).exit_code == 2);
  CHECK(run_corticast("encode " + bench.photos + " -m " + bench.single + " -o x.tif").exit_code ==
        2);
  CHECK(run_corticast("encode /nowhere -m " + bench.single + " -o " + bench.output).exit_code == 2);
  CHECK(run_corticast("").exit_code == 2);
}

TEST_CASE("a device or precision this build lacks exits with 6, a bad model with 3") {
  const Bench bench;
  CHECK(bench.encode(bench.single, "--device abacus").exit_code == 6);
  CHECK(bench.encode(bench.single, "--precision fp16").exit_code == 6);
  CHECK_FALSE(std::filesystem::exists(bench.output + ".part"));
  write_text(bench.folder / "junk.model", "junk");
  CHECK(bench.encode((bench.folder / "junk.model").string()).exit_code == 3);
}

TEST_CASE("an output folder that is not there exits with 5") {
  const Bench bench;
  const Outcome run = run_corticast("encode " + bench.photos + " -m " + bench.single + " -o " +
                                    (bench.folder / "none/out.h5").string());
  CHECK(run.exit_code == 5);
  CHECK_THAT(run.err, contains("none/out.h5"));
}

TEST_CASE("progress as JSON is one object a line") {
  const Bench bench;
  const Outcome run = bench.encode(bench.single, "--progress json --batch 1");
  REQUIRE(run.exit_code == 0);
  std::istringstream lines(run.err);
  bool complete = false;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    const auto json = nlohmann::json::parse(line);
    CHECK(json["ts"].get<double>() > 1.6e9);
    if (!json.contains("stage")) continue;
    for (const char* key : {"done", "total", "failed", "rate", "eta"}) CHECK(json.contains(key));
    complete = complete || (json["stage"] == "encode" && json["done"] == 2);
  }
  CHECK(complete);
}

TEST_CASE("lists come from files and from standard input") {
  const Bench bench;
  const std::string a = bench.photos + "/rocket_224x224_rgb.png";
  write_text(bench.folder / "list", a + "\n" + a + "\n");
  const std::string tail = " -m " + bench.single + " -o " + bench.output + " --force";
  CHECK(run_corticast("encode @" + (bench.folder / "list").string() + tail).exit_code == 0);
  CHECK(ReadFile(bench.output).texts("/images/path") == std::vector<std::string>{a, a});
  write_text(bench.folder / "list0", a + '\0');
  CHECK(run_corticast("encode - -0" + tail + " < " + (bench.folder / "list0").string()).exit_code ==
        0);
  CHECK(ReadFile(bench.output).texts("/images/path") == std::vector<std::string>{a});
  CHECK(run_corticast("encode -" + tail + " < " + (bench.folder / "list").string()).exit_code == 0);
}
