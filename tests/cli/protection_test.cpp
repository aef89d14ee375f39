// Nothing that a command reads is destroyed, no mistake is taken for a wish, no lost result for a
// success.
#include <sys/resource.h>

#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::string kPhoto = "images/chelsea_97x60_rgb.png";

struct Bench {
  TemporaryFolder folder;
  std::string model = path("single.model");
  std::string photo = data_path(kPhoto).string();

  Bench() { make_model(model, false); }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  Outcome encode(const std::string& arguments) const {
    return run_corticast("encode " + arguments);
  }
};

// No name in the folder begins with `name` and goes on.
bool nothing_beside(const TemporaryFolder& folder, const std::string& name) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const std::string found = entry.path().filename().string();
    if (found != name && found.starts_with(name)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("encode never writes over its own model, image or list, not even by force") {
  const Bench bench;
  const std::string out = bench.path("out.h5");
  const auto refused = [&](const std::string& precious, const std::string& arguments) {
    const std::string before = read_text(precious);
    const Outcome run = bench.encode(arguments + " --force -o " + out);
    CAPTURE(arguments, run.err);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.err, contains("would overwrite " + precious));
    CHECK(read_text(precious) == before);
    std::filesystem::remove(precious);
  };
  for (const std::string& name : {out, out + ".part"}) {
    std::filesystem::copy_file(bench.model, name);
    refused(name, bench.photo + " -m " + name);
    std::filesystem::copy_file(bench.photo, name);
    refused(name, name + " -m " + bench.model);
    write_text(name, bench.photo + "\n");
    refused(name, "@" + name + " -m " + bench.model);
    std::filesystem::copy_file(bench.photo, name);
    write_text(bench.path("list"), name + "\n");
    refused(name, "@" + bench.path("list") + " -m " + bench.model);
  }
}

TEST_CASE("preprocess never writes over the array it reads") {
  const Bench bench;
  const std::string array = bench.path("in.npy");
  std::filesystem::copy_file(data_path("images/array_u8_2x3x181x200.npy"), array);
  const std::string before = read_text(array);
  CHECK(run_corticast("preprocess " + array + " --force -o " + array).exit_code == 2);
  write_text(bench.path("list"), array + "\n");
  CHECK(run_corticast("preprocess @" + bench.path("list") + " --force -o " + array).exit_code == 2);
  CHECK(read_text(array) == before);
}

TEST_CASE("a folder in the place of an output is refused before any work, even by force") {
  const Bench bench;
  for (const char* name : {"out.h5", "out.npy", "out"}) {
    std::filesystem::create_directory(bench.path(name));
  }
  const auto refused = [&](const Outcome& run, const std::string& name) {
    CAPTURE(run.err);
    CHECK(run.exit_code == 5);
    CHECK_THAT(run.err, contains(name + ": is a folder"));
    CHECK(nothing_beside(bench.folder, "out.h5"));
  };
  refused(bench.encode(bench.photo + " -m " + bench.model + " --force -o " + bench.path("out.h5")),
          "out.h5");
  refused(run_corticast("preprocess " + bench.photo + " --force -o " + bench.path("out.npy")),
          "out.npy");
  refused(run_corticast_weights("convert " + data_path("checkpoints/tiny_zip.pth").string() +
                                " --force -o " + bench.path("out")),
          "out");
  refused(run_corticast_weights("synth --features 1 --vertices 4 --force -o " + bench.path("out")),
          "out");
}

TEST_CASE("an output name that cannot exist is the output's fault, not a bug") {
  const Bench bench;
  const std::string name = bench.path(std::string(300, 'a'));
  CHECK(bench.encode(bench.photo + " -m " + bench.model + " -o " + name + ".h5").exit_code == 5);
  CHECK(run_corticast("preprocess " + bench.photo + " -o " + name + ".npy").exit_code == 5);
  CHECK(run_corticast_weights("convert " + data_path("checkpoints/tiny_zip.pth").string() + " -o " +
                              name)
            .exit_code == 5);
  CHECK(run_corticast_weights("synth --features 1 --vertices 4 -o " + name).exit_code == 5);
}

TEST_CASE("an empty value is a mistake, not an option that was left out") {
  const Bench bench;
  const std::string command =
      bench.photo + " -m " + bench.model + " -o " + bench.path("out.h5") + " ";
  for (const char* flag : {"--group ''", "--vertex-mask ''", "--roi ''", "--subjects ''"}) {
    CAPTURE(flag);
    CHECK(bench.encode(command + flag).exit_code == 2);
  }
  CHECK(run_corticast_weights("convert " + data_path("checkpoints/singlehead_zip.pth").string() +
                              " --subject '' -o " + bench.path("model"))
            .exit_code == 2);
  CHECK(run_corticast_weights("synth --features 1 --vertices 4 --seed -1 -o " + bench.path("model"))
            .exit_code == 2);
}

TEST_CASE("a folder is the same input with and without a slash behind it") {
  const Bench bench;
  std::filesystem::create_directory(bench.path("photos"));
  std::filesystem::copy_file(bench.photo, bench.path("photos/a.png"));
  const std::string rest = " -m " + bench.model + " -o " + bench.path("out.h5");
  REQUIRE(bench.encode(bench.path("photos") + rest).exit_code == 0);
  const Outcome again = bench.encode(bench.path("photos/") + rest);
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, contains("already complete"));
}

TEST_CASE("a result that standard output does not take is an error") {
  const Bench bench;
  for (const std::string& arguments : {"info " + bench.model, "info --json " + bench.model,
                                       std::string("rois"), std::string("--help")}) {
    const Outcome run = run_corticast(arguments, "/dev/full");
    CAPTURE(arguments);
    CHECK(run.exit_code == 5);
    CHECK_THAT(run.err, contains("standard output"));
  }
}

TEST_CASE("standard output carries nothing when a dry run fails, and no advice") {
  const Bench bench;
  const Outcome dry = bench.encode(bench.photo + " -m " + bench.model + " --dry-run -o " +
                                   bench.path("none/out.h5"));
  CHECK(dry.exit_code == 5);
  CHECK(dry.out.empty());
  const Outcome coarse = bench.encode(bench.photo + " -m " + bench.model +
                                      " --dry-run --precision tf32 -o " + bench.path("out.h5"));
  CHECK(coarse.exit_code == 6);
  CHECK(coarse.out.empty());
  const Outcome converted = run_corticast_weights(
      "convert " + data_path("checkpoints/tiny_zip.pth").string() + " -o " + bench.path("model"));
  CHECK(converted.exit_code == 0);
  CHECK_THAT(converted.out, contains("model hash") && !contains("Next:"));
  CHECK_THAT(converted.err, contains("Next: corticast encode"));
}

TEST_CASE("an error message cannot move the cursor") {
  const Outcome run = run_corticast("info \"$(printf 'a\\033[2Jb')\"");
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.err, contains("a\\x1B[2Jb: "));
}

TEST_CASE("a limit on file sizes is reported as a write error") {
  const Bench bench;
  make_model(bench.path("visual.model"), true);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{64 << 10, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Outcome run = bench.encode(bench.photo + " -m " + bench.path("visual.model") + " -o " +
                                   bench.path("out.h5"));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CAPTURE(run.err);
  CHECK(run.exit_code == 5);
  CHECK_THAT(run.err, contains("File too large"));
}
