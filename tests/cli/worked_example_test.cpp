// cli/examples/worked_example.sh as a newcomer runs it, on photographs named by category.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include "engine/maps/read_maps.h"
#include "engine/surface/surface_file.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/synthetic_surfaces.h"
#include "tests/support/temporary.h"
#include "tests/support/variable.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kImages = 8;

// Photographs of two categories, alternating.
void copy_photographs(const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder);
  std::vector<std::filesystem::path> images;
  for (const auto& entry : std::filesystem::directory_iterator(CORTICAST_TEST_DATA "/images")) {
    if (entry.path().extension() != ".npy") images.push_back(entry.path());
  }
  REQUIRE(images.size() >= kImages);
  std::sort(images.begin(), images.end());
  for (std::size_t i = 0; i < kImages; ++i) {
    const std::string name = (i % 2 == 0 ? "adult-" : "house-") + std::to_string(i);
    std::filesystem::copy_file(images[i], folder / (name + images[i].extension().string()));
  }
}

std::size_t lines_of(const std::filesystem::path& file) {
  const std::string text = read_text(file);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("the worked example goes from photographs to a scored and drawn contrast") {
  const TemporaryFolder folder;
  const Variable data("XDG_DATA_HOME", (folder / "data").c_str());
  write_surface_file(synthetic_surfaces(), folder / "data/corticast/fslr32k.surfaces");
  copy_photographs(folder / "photographs");
  const std::string out = folder / "out";
  const Outcome run = run_program(
      "env", "CORTICAST=" CORTICAST_PROGRAM " CORTICAST_WEIGHTS=" CORTICAST_WEIGHTS_PROGRAM
             " SYNTH='--features 1 --vertices visual' " CORTICAST_EXAMPLE " " +
                 (folder / "photographs").string() + " " + out);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, contains("318 of 7,831 vertices): average precision"));
  CHECK_THAT(run.out, !contains("not run"));

  const auto file = [&](const char* name) { return std::filesystem::path(out) / name; };
  const auto contrast = read_maps(file("contrast.dscalar.nii"));
  REQUIRE(contrast->names() == std::vector<std::string>{"adult>house difference", "adult>house t",
                                                        "adult>house d", "adult>house n"});
  const auto score = read_maps(file("score.dscalar.nii"));
  REQUIRE(score->names().front() == "r");
  REQUIRE(score->columns() == 91282);
  std::vector<float> r(score->columns());
  score->read({0, 1}, r.data());
  std::size_t correlations = 0;
  for (const float value : r) correlations += std::abs(value) <= 1 ? 1 : 0;  // false for NaN
  CHECK(correlations == 7831);
  CHECK(lines_of(file("ranks.tsv")) == 1 + 5 * kImages);  // visual groups 1 to 5
  CHECK(lines_of(file("contrast.tsv")) > 5);
  CHECK(lines_of(file("curve.tsv")) > 100);
  CHECK(read_text(file("contrast.png")).starts_with("\x89PNG\r\n"));
  const std::string page = read_text(file("contrast.html"));
  CHECK_THAT(page, contains("adult\\u003ehouse t"));
  CHECK_THAT(page, contains("UNTRAINED"));  // as the sidecar of the contrast's maps says
}

TEST_CASE("the worked example ends at a command that fails, and says what it cannot draw") {
  const TemporaryFolder folder;
  const Variable data("XDG_DATA_HOME", (folder / "no surfaces").c_str());
  copy_photographs(folder / "photographs");
  const std::string words =
      "CORTICAST=" CORTICAST_PROGRAM " CORTICAST_WEIGHTS=" CORTICAST_WEIGHTS_PROGRAM
      " SYNTH='--features 1 --vertices visual' ";
  const std::string files =
      (folder / "photographs").string() + " '" + (folder / "out put").string() + "'";
  const Outcome undrawn = run_program("env", words + CORTICAST_EXAMPLE " " + files);
  CHECK(undrawn.exit_code == 0);
  CHECK_THAT(undrawn.out, contains("not run: no surfaces to draw on"));
  const Outcome failed = run_program("env", words + "MASK=L_FFCC " CORTICAST_EXAMPLE " " + files);
  CHECK(failed.exit_code == 2);
  CHECK_THAT(failed.err, contains("L_FFCC"));
  CHECK_THAT(failed.out, !contains("== 4."));
}
