// The same build, device and batch size: the same bits, whatever else. Whole files are compared,
// every dataset and attribute.
#include <algorithm>
#include <cstring>

#include "tests/cli/support.h"
#include "tests/faults/contents.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kRows = 10;  // of the images below

// Photographs, two rows of an array, and one that cannot be read.
struct Bench {
  TemporaryFolder folder;
  std::string model = file("visual.model");
  std::string broken = file("broken.jpg");
  std::vector<std::string> images;

  Bench() {
    make_model(model, true);
    write_text(broken, "not a picture");
    for (const char* name : {"rocket_224x224_rgb.png", "camera_263x200_bilevel.png",
                             "clock_77x110_gray4.png", "array_u8_2x3x181x200.npy"}) {
      images.push_back(data_path(std::string("images/") + name));
    }
    for (const char* name : {"rocket_180x131_pal4bit.png", "chelsea_97x60_rgb.png",
                             "astro_96x99_rgb16.png", "rocket_151x203_440_restart.jpg"}) {
      images.push_back(data_path(std::string("images/") + name));
    }
    images.insert(images.begin() + 5, broken);  // row 6
  }
  std::string file(const std::string& name) const { return (folder / name).string(); }
  Outcome encode(const std::string& output, const std::string& more,
                 const std::string& variables = "") const {
    std::string words = variables + " " + CORTICAST_PROGRAM + " encode";
    for (const std::string& image : images) words += " " + image;
    return run_program("/usr/bin/env", words + " -m " + model + " -o '" + file(output) +
                                           "' --roi L_V1,R_V2 " + more);
  }
  // The output of a run that ends with 4, for the broken image.
  std::map<std::string, std::string> encoded(const std::string& output, const std::string& more,
                                             const std::string& variables = "") const {
    const Outcome run = encode(output, more, variables);
    INFO(run.err);
    REQUIRE(run.exit_code == 4);
    return contents(file(output));
  }
};

std::map<std::string, std::string> without(std::map<std::string, std::string> all,
                                           const std::string& key) {
  all.erase(key);
  return all;
}

// The names of what differs: the values are long.
std::string differences(const std::map<std::string, std::string>& a,
                        const std::map<std::string, std::string>& b) {
  std::string names;
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second != value) names += name + " ";
  }
  for (const auto& [name, value] : b) {
    if (a.find(name) == a.end()) names += name + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("1, 2, 3 and 7 shards, merged by copy or by reference, are the unsharded file") {
  const Bench bench;
  const auto whole = bench.encoded("whole.h5", "");
  REQUIRE(whole.size() > 15);
  REQUIRE(ReadFile(bench.file("whole.h5")).texts("/images/path").size() == kRows);
  for (const unsigned count : {1u, 2u, 3u, 7u}) {
    CAPTURE(count);
    const std::string of = std::to_string(count);
    std::string shards;
    for (unsigned index = 0; index < count; ++index) {
      const Outcome run =
          bench.encode("part-{shard}.h5", "--shard " + std::to_string(index) + "/" + of);
      INFO(run.err);
      REQUIRE((run.exit_code == 0 || run.exit_code == 4));
      // In descending order.
      shards.insert(0, " " + bench.file("part-" + std::to_string(index) + "-of-" + of + ".h5"));
    }
    for (const char* how : {"", " --virtual"}) {
      CAPTURE(how);
      const std::string merged = bench.file("merged" + of + (*how == '\0' ? "" : "v") + ".h5");
      const Outcome run = run_corticast("merge" + shards + " -o " + merged + how);
      INFO(run.err);
      REQUIRE(run.exit_code == 0);
      CHECK(differences(whole, contents(merged)).empty());
    }
  }
}

TEST_CASE("the number of threads and the size of the batch change no bit") {
  const Bench bench;
  const auto one = without(bench.encoded("one.h5", "--threads 1 --batch 4"), "@device");
  for (const char* threads : {"2", "3", "5"}) {
    CAPTURE(threads);
    const std::string output = std::string("threads") + threads + ".h5";
    const auto other = bench.encoded(output, std::string("--batch 4 --threads ") + threads);
    CHECK(differences(one, without(other, "@device")).empty());
  }
  // On the CPU; the manifest tells the runs apart all the same.
  const auto other = bench.encoded("batch.h5", "--threads 2 --batch 3");
  CHECK(differences(one, without(other, "@device")) == "@batch @manifest ");
}

TEST_CASE("images in another order have the same rows") {
  Bench bench;
  bench.images.erase(bench.images.begin() + 3);  // of an array, rows keep their order
  REQUIRE(bench.encode("forward.h5", "--batch 3").exit_code == 4);
  std::reverse(bench.images.begin(), bench.images.end());
  REQUIRE(bench.encode("backward.h5", "--batch 3").exit_code == 4);
  const ReadFile forward(bench.file("forward.h5"));
  const ReadFile backward(bench.file("backward.h5"));
  for (const char* path :
       {"/responses/NaturalScenesDataset/sub-01", "/responses/BOLD5000/sub-02"}) {
    const std::vector<float> a = forward.floats(path);
    const std::vector<float> b = backward.floats(path);
    const std::size_t rows = bench.images.size();
    const std::size_t columns = a.size() / rows;
    for (std::size_t row = 0; row < rows; ++row) {
      CAPTURE(path, row);
      CHECK(std::memcmp(a.data() + row * columns, b.data() + (rows - 1 - row) * columns,
                        columns * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("a shard that was stopped in the middle and gone on from is the same") {
  const Bench bench;
  write_text(bench.broken, read_text(data_path("images/chelsea_97x60_rgb.png")));
  REQUIRE(bench.encode("whole.h5", "--batch 2").exit_code == 0);
  write_text(bench.broken, "not a picture");
  REQUIRE(bench.encode("a.h5", "--batch 2 --shard 0/2").exit_code == 0);
  // Stops at row 6; row 5 is done.
  REQUIRE(bench.encode("b.h5", "--batch 2 --shard 1/2 --strict").exit_code == 4);
  write_text(bench.broken, read_text(data_path("images/chelsea_97x60_rgb.png")));
  const Outcome resumed = bench.encode("b.h5", "--batch 2 --shard 1/2");
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);
  REQUIRE(run_corticast("merge " + bench.file("b.h5") + " " + bench.file("a.h5") + " -o " +
                        bench.file("merged.h5"))
              .exit_code == 0);
  CHECK(differences(contents(bench.file("whole.h5")), contents(bench.file("merged.h5"))).empty());
}
