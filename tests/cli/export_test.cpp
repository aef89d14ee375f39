// corticast export, and encode to other formats than HDF5, by the real programs.
#include <algorithm>

#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::string kImages =
    " " CORTICAST_TEST_DATA "/images/rocket_151x203_440_restart.jpg " CORTICAST_TEST_DATA
    "/images/astro_122x91_ycck.jpg ";

// Two subjects, a good image, one that is none, a good one.
struct Bench {
  Bench() : model(folder / "visual.corticast") {
    make_model(model, true);
    write_text(folder / "bad.jpg", "no image");
  }
  std::string at(const std::string& name) const { return (folder / name).string(); }
  Outcome encode(const std::string& arguments, const std::string& images = kImages) const {
    return run_corticast("encode" + images + "-m " + model.string() + " " + arguments);
  }
  Outcome export_to(const std::string& arguments) const {
    return run_corticast("export " + at("r.h5") + " " + arguments);
  }

  TemporaryFolder folder;
  std::filesystem::path model;
};

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a run in another format is what export makes of its HDF5") {
  const Bench bench;
  const std::string images = kImages + bench.at("bad.jpg") + " ";
  REQUIRE(bench.encode("-o " + bench.at("r.h5"), images).exit_code == 4);
  for (const std::string ending : {".npy", ".dscalar.nii", ".func.gii"}) {
    CAPTURE(ending);
    const Outcome run = bench.encode("-o " + bench.at("e" + ending) + " --fill 0", images);
    const Outcome made = bench.export_to("-o " + bench.at("x" + ending) + " --fill 0");
    CHECK(run.exit_code == 4);
    CHECK_THAT(run.err, contains("the reasons are in the sidecar"));
    CHECK(made.exit_code == 0);
    CHECK_THAT(made.err, contains("1 image had failed"));
    CHECK(lines(run.out) == (ending == ".func.gii" ? 4 : 2));
    CHECK(lines(made.out) == lines(run.out));
    for (const std::string subject : {"_sub-NSD01", "_sub-BOLD500002"}) {
      const std::string part = ending == ".func.gii" ? "_hemi-L" + ending : ending;
      CHECK(read_text(bench.at("e" + subject + part)) == read_text(bench.at("x" + subject + part)));
    }
    CHECK_FALSE(std::filesystem::exists(bench.at("e" + ending + ".h5")));
    const Outcome again = bench.encode("-o " + bench.at("e" + ending) + " --fill 0", images);
    CHECK(again.exit_code == 0);
    CHECK_THAT(again.err, contains("nothing to compute"));
    CHECK(again.out == run.out);
  }
}

TEST_CASE("merged and expanded outputs and a single vertex are exported as others") {
  const Bench bench;
  REQUIRE(bench.encode("--shard 0/2 -o " + bench.at("0.h5")).exit_code == 0);
  REQUIRE(bench.encode("--shard 1/2 -o " + bench.at("1.h5")).exit_code == 0);
  REQUIRE(run_corticast("merge --virtual " + bench.at("0.h5") + " " + bench.at("1.h5") + " -o " +
                        bench.at("r.h5"))
              .exit_code == 0);
  const Outcome made = bench.export_to("--subjects NSD-01 -o " + bench.at("merged.h5") +
                                       " --format mosaic --image '#1'");
  CHECK(made.out == bench.at("merged.h5") + "\n");
  std::filesystem::remove(bench.at("r.h5"));
  REQUIRE(bench.encode("--expand --subjects NSD-01 -o " + bench.at("r.h5")).exit_code == 0);
  CHECK(bench.export_to("-o " + bench.at("whole.h5") + " --format mosaic --image '#1'").exit_code ==
        0);
  const auto betas = [&](const char* name) {
    std::string path = CORTICAST_TEST_DATA "/images/astro_122x91_ycck.jpg";
    for (std::size_t slash = 0; (slash = path.find('/', slash)) != std::string::npos;) {
      path.replace(slash, 1, "%2F");
    }
    return ReadFile(bench.at(name)).floats("/betas/" + path);
  };
  const std::vector<float> merged = betas("merged.h5");
  const std::vector<float> whole = betas("whole.h5");
  REQUIRE(merged.size() == 91282);
  CHECK(std::equal(merged.begin(), merged.end(), whole.begin(),
                   [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }));

  std::filesystem::remove(bench.at("r.h5"));
  std::string mask(7831, '\0');
  mask[4000] = '\1';
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (7831,), }";
  header.resize(117, ' ');
  write_text(bench.at("one.npy"),
             std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + mask);
  REQUIRE(
      bench.encode("--vertex-mask " + bench.at("one.npy") + " -o " + bench.at("r.h5")).exit_code ==
      0);
  CHECK(bench.export_to("--bids --cortex -o " + bench.at("derivative")).exit_code == 0);
  CHECK(std::filesystem::exists(bench.at(
      "derivative/sub-NSD01/func/sub-NSD01_space-fsLR_den-32k_desc-cnn8pred_statmap.dscalar.nii")));
}

TEST_CASE("what cannot be exported is refused with the remedy") {
  const Bench bench;
  make_model(bench.folder / "one.corticast", false);
  const std::string one = "encode" + kImages + "-m " + bench.at("one.corticast") + " -o ";
  REQUIRE(run_corticast(one + bench.at("r.h5")).exit_code == 0);
  CHECK(bench.export_to("-o " + bench.at("r.npy")).exit_code == 0);
  const auto refused = [](const Outcome& outcome, int code, const std::string& why) {
    CHECK(outcome.exit_code == code);
    CHECK_THAT(outcome.err, contains(why));
    CHECK(outcome.out.empty());
  };
  refused(bench.export_to("-o " + bench.at("r.dscalar.nii")), 2, "has no atlas");
  refused(run_corticast(one + bench.at("s.func.gii")), 2, "has no atlas");
  refused(bench.export_to("-o " + bench.at("r.npy")), 5, "exists");
  refused(bench.export_to("-o " + bench.at("r.h5") + " --force"), 2, "HDF5 already");
  refused(bench.export_to("-o " + bench.at("r.nii")), 2, "no output format");
  refused(bench.export_to("-o " + bench.at("x.npy") + " --image '#2'"), 2, "the file has 2");
  refused(bench.export_to("-o " + bench.at("x.npy") + " --subjects NSD-01"), 2, "no responses of");
  refused(bench.encode("--shard 0/2 -o " + bench.at("s.npy")), 2, "corticast export");
  refused(bench.encode("--reduce roi-mean -o " + bench.at("s.func.gii")), 2, "roi-mean");
  refused(bench.encode("--format mosaic -o " + bench.at("s.npy")), 2, "ends in .h5");
  const Outcome planned = bench.encode("--dry-run -o " + bench.at("s.dscalar.nii"));
  CHECK_THAT(planned.out, contains("s_sub-BOLD500002.dscalar.nii and 1 more"));
  CHECK_THAT(planned.out, contains("for the rows until then"));
}
