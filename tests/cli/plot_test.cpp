// corticast plot and atlas by the real program: pictures of its own outputs and of other files.
#include <algorithm>

#include "engine/maps/write_maps.h"
#include "engine/surface/surface_file.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/synthetic_surfaces.h"
#include "tests/support/temporary.h"
#include "tests/support/variable.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::string kGood = CORTICAST_TEST_DATA "/images/astro_122x91_ycck.jpg";

// Two subjects; a good image and one that is none; surfaces where they lie by default.
struct Bench {
  Bench() : data("XDG_DATA_HOME", (folder / "data").c_str()) {
    write_surface_file(synthetic_surfaces(), folder / "data/corticast/fslr32k.surfaces");
    make_model(folder / "visual.corticast", true);
    write_text(folder / "bad.jpg", "no image");
    encoded = run_corticast("encode " + kGood + " " + at("bad.jpg") + " -m " +
                            at("visual.corticast") + " -o " + at("r.h5"));
  }
  std::string at(const std::string& name) const { return (folder / name).string(); }
  Outcome plot(const std::string& arguments) const {
    return run_corticast("plot " + at("r.h5") + " " + arguments + " --width 400");
  }

  TemporaryFolder folder;
  Variable data;
  Outcome encoded;
};

void check_refused(const Outcome& outcome, int code, const std::string& why) {
  CHECK(outcome.exit_code == code);
  CHECK_THAT(outcome.err, contains(why));
  CHECK(outcome.out.empty());
}

}  // namespace

TEST_CASE("responses become a still and a page") {
  const Bench bench;
  REQUIRE(bench.encoded.exit_code == 4);
  const Outcome still =
      bench.plot("--subject NSD-01 --image astro_122x91_ycck.jpg -o " + bench.at("m.png"));
  CHECK(still.exit_code == 0);
  CHECK(still.out == bench.at("m.png") + "\n");
  CHECK_THAT(still.err, contains("UNTRAINED"));
  CHECK(read_text(bench.at("m.png")).starts_with("\x89PNG\r\n"));
  const Outcome page = bench.plot("-o " + bench.at("m.html"));
  CHECK(page.exit_code == 0);
  CHECK_THAT(page.err, contains("left out, image") && contains("content is text"));
  const std::string html = read_text(bench.at("m.html"));
  for (const char* word : {"NSD-01", "BOLD5000-02", "UNTRAINED", "model units (z-scored beta)"}) {
    CHECK_THAT(html, contains(word));
  }
  const Outcome named = bench.plot("--subjects NSD-01 --image '#0' --title Dogs --units mine -o " +
                                   bench.at("n.html") + " --no-symmetric --threshold 0.1");
  CHECK(named.exit_code == 0);
  const std::string one = read_text(bench.at("n.html"));
  CHECK_THAT(one, contains("no prediction: Dogs") && contains("mine"));
  CHECK(one.find("BOLD5000-02") == std::string::npos);
}

TEST_CASE("maps of other programs and surfaces of the user's own are drawn") {
  const Bench bench;
  std::vector<std::int32_t> places;
  std::vector<float> values(2 * 100, std::nanf(""));
  for (std::int32_t i = 0; i < 100; ++i) {
    places.push_back(i);
    values[static_cast<std::size_t>(i)] = static_cast<float>(i) / 10;
  }
  write_maps(MemoryMaps({"t", "empty"}, 100, places, values), MapFormat::kCifti,
             bench.at("t.dscalar.nii"), {});
  const std::string plot = "plot " + bench.at("t.dscalar.nii") + " --width 400 -o ";
  const Outcome by_name = run_corticast(plot + bench.at("t.png") + " --map t --cmap viridis");
  CHECK(by_name.exit_code == 0);
  CHECK(by_name.err.empty());
  check_refused(run_corticast(plot + bench.at("e.png") + " --map '#1'"), 2, "has no value");
  check_refused(run_corticast(plot + bench.at("e.png")), 2, "2 maps, a still shows one");
  check_refused(run_corticast(plot + bench.at("e.png") + " --map nothing"), 2, "map 'nothing'");
  check_refused(run_corticast(plot + bench.at("e.html") + " --subject NSD-01"), 2,
                "not an output of corticast");
  check_refused(run_corticast(plot + bench.at("e.png") + " --map t --surface a.surf.gii"), 2,
                "names 1 file");
  CHECK_FALSE(std::filesystem::exists(bench.at("e.png")));
  CHECK_THAT(run_corticast("atlas list").out, contains("very_inflated\n"));
}

TEST_CASE("pictures that cannot be drawn are refused with the remedy") {
  const Bench bench;
  const std::string one = " --subject NSD-01 --image '#0' ";
  const std::string out = "-o " + bench.at("x.png");
  check_refused(bench.plot(out + one + "--image '#1'"), 2, "2 images, a still shows one");
  check_refused(bench.plot(out + " --image '#0'"), 2, "has 2 subjects");
  check_refused(bench.plot(out + " --subjects all --image '#0'"), 2, "of 2 subjects");
  check_refused(bench.plot(out + " --subject NSD-01 --image bad.jpg"), 2, "had failed");
  check_refused(bench.plot(out + one + "--vmin nan"), 2, "--vmin is no finite number");
  check_refused(bench.plot(out + one + "--vmin 2 --vmax 1"), 2, "");
  check_refused(bench.plot(out + one + "--threshold -1"), 2, "--threshold is negative");
  check_refused(bench.plot(out + one + "--cmap jet"), 2, "jet");
  check_refused(bench.plot(out + one + "--outlines L_nowhere"), 2, "L_nowhere");
  check_refused(bench.plot(out + one + "--surface round"), 2, "no surface 'round'");
  check_refused(bench.plot(out + one + "--atlas " + bench.at("none")), 2, "none");
  check_refused(bench.plot("-o " + bench.at("x.gif") + one), 2, "no kind of picture");
  CHECK_FALSE(std::filesystem::exists(bench.at("x.png")));
  write_text(bench.at("x.png"), "mine");
  check_refused(bench.plot(out + one), 5, "exists");
  CHECK(read_text(bench.at("x.png")) == "mine");
  REQUIRE(run_corticast("encode " + kGood + " -m " + bench.at("visual.corticast") +
                        " --reduce roi-mean -o " + bench.at("means.h5"))
              .exit_code == 0);
  check_refused(run_corticast("plot " + bench.at("means.h5") + " -o " + bench.at("y.html")), 2,
                "without --reduce");
  const Variable elsewhere("XDG_DATA_HOME", bench.at("nowhere").c_str());
  check_refused(bench.plot("-o " + bench.at("y.png") + one), 2, "corticast atlas import");
}
