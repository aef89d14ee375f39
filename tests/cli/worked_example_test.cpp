// cli/examples/worked_example.sh as a newcomer runs it, on photographs named by category.
#include <array>
#include <cmath>
#include <filesystem>
#include <sstream>

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
  std::size_t copied = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CORTICAST_TEST_DATA "/images")) {
    if (entry.path().extension() == ".npy" || copied == kImages) continue;
    const std::string name = (copied % 2 == 0 ? "adult-" : "house-") + std::to_string(copied);
    std::filesystem::copy_file(entry.path(), folder / (name + entry.path().extension().string()));
    ++copied;
  }
  REQUIRE(copied == kImages);
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
  CHECK_THAT(run.out, contains("average precision") || contains("== 7."));
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
  CHECK_THAT(read_text(file("contrast.html")), contains("adult\\u003ehouse t"));
}
