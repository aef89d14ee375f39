// score and contrast as a user types them.
#include <cmath>

#include "engine/atlas/vertices.h"
#include "engine/base/npy.h"
#include "engine/maps/read_maps.h"
#include "engine/maps/write_maps.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// Maps with these names at the first `columns` visual vertices; value(map, column).
template <typename Value>
void write(const std::filesystem::path& path, MapFormat format,
           const std::vector<std::string>& names, std::size_t columns, const Value& value) {
  const std::vector<std::int32_t>& all = vertex_list(VertexSet::kVisual);
  std::vector<float> values;
  values.reserve(names.size() * columns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t c = 0; c < columns; ++c) values.push_back(value(i, c));
  }
  const MemoryMaps maps(names, columns,
                        {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(columns)},
                        std::move(values));
  MapWriteOptions options;
  options.provenance = "{}";
  write_maps(maps, format, path, options);
}

float wave(std::size_t i, std::size_t c) {
  return static_cast<float>(std::sin(static_cast<double>(i * 7 + c * 3)));
}

std::string words(const TemporaryFolder& folder, const std::string& text) {
  std::string line;
  for (const char c : text) line += c == '@' ? folder.path().string() + "/" : std::string(1, c);
  return line;
}

}  // namespace

TEST_CASE("score reads repetitions and ceilings and writes maps and tables") {
  const TemporaryFolder folder;
  const std::vector<std::string> images = {"a/one.jpg", "a/two \xC3\xA4.jpg", "a/three.jpg",
                                           "a/four.jpg"};
  std::vector<std::string> trials;
  for (const std::string stem : {"three", "one", "two \xC3\xA4", "four", "five"}) {
    for (const char* rep : {"0", "1"}) {
      trials.push_back("sub-01_NSD_stimulus-" + stem + "_phase-test_rep-" + rep);
    }
  }
  write(folder / "x.dscalar.nii", MapFormat::kCifti, images, 40, wave);
  // Trials are the responses, one above, the other as much below: their mean is the response.
  const std::vector<std::size_t> image_of = {2, 0, 1, 3, 0};
  write(folder / "y.h5", MapFormat::kMosaic, trials, 50, [&](std::size_t i, std::size_t c) {
    return wave(image_of[i / 2], c) * 0.5F + (i % 2 == 0 ? 0.25F : -0.25F);
  });
  write(folder / "nc.dscalar.nii", MapFormat::kCifti, {"nc"}, 30,
        [](std::size_t, std::size_t c) { return c == 0 ? 0.01F : 0.25F; });
  Outcome run =
      run_corticast(words(folder,
                          "score @x.dscalar.nii @y.h5 --average --noise-ceiling @nc.dscalar.nii"
                          " -o @out.npy --table @out.tsv"));
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.err, contains("1 measured without a prediction, left out: five"));
  CHECK_THAT(run.out, contains("r_squared_normalised"));
  const auto maps = read_maps(folder / "out.npy");
  const std::size_t n = maps->columns();
  REQUIRE(n == 91282);  // both files have them all
  REQUIRE(maps->names().size() == 7);
  std::vector<float> values(7 * n);
  maps->read({0, 7}, values.data());
  const auto first = static_cast<std::size_t>(vertex_list(VertexSet::kVisual)[0]);
  const auto second = static_cast<std::size_t>(vertex_list(VertexSet::kVisual)[1]);
  CHECK(values[first] == Approx(1));           // r
  CHECK(std::isnan(values[4 * n + first]));    // its ceiling is below the floor
  CHECK(values[4 * n + second] == Approx(2));  // 1 / sqrt(0.25)
  CHECK_THAT(read_text(folder / "out.tsv"), contains("L_V1\troi\tL\t1\tr\t"));

  run = run_corticast(words(folder, "score @x.dscalar.nii @y.h5 --average -o @out.npy"));
  CHECK(run.exit_code == 5);
  CHECK_THAT(run.err, contains("out.npy: exists"));
  run = run_corticast(words(folder, "score @x.dscalar.nii @y.h5 --match name"));
  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, contains("no measured image has the name"));
  CHECK(run_corticast(words(folder, "score @x.dscalar.nii @y.h5 -o @o.h5")).exit_code == 2);
  CHECK(run_corticast(words(folder, "score @x.dscalar.nii @y.h5 --match order")).exit_code == 2);
  CHECK(run_corticast(words(folder, "score @x.dscalar.nii @y.h5 --roi V9")).exit_code == 2);
}

TEST_CASE("contrast by the fLoc recipe against masks") {
  const TemporaryFolder folder;
  std::vector<std::string> images;
  for (const char* category : {"adult", "child", "body", "limb", "house", "corridor", "car",
                               "instrument", "word", "number", "scrambled"}) {
    for (const char* number : {"-0.jpg", "-1.jpg", "-2.jpg"}) {
      images.push_back(std::string("floc/") + category + number);
    }
  }
  // Columns 0 to 9 prefer faces, all else is noise.
  write(folder / "r.dscalar.nii", MapFormat::kCifti, images, 60,
        [](std::size_t i, std::size_t c) { return 0.1F * wave(i, c) + (i < 6 && c < 10 ? 1 : 0); });
  write(folder / "masks.dscalar.nii", MapFormat::kCifti, {"places", "faces"}, 60,
        [](std::size_t i, std::size_t c) { return (c < 10) == (i == 1) ? 1.0F : 0.0F; });
  const std::string command = "contrast @r.dscalar.nii --recipe floc ";
  Outcome run = run_corticast(words(folder, command + "-o @c.dscalar.nii --json"));
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, contains("\"faces t\""));
  CHECK_THAT(run.err, contains("adult 3, child 3"));
  CHECK(run.err.find("scrambled") == std::string::npos);
  const auto maps = read_maps(folder / "c.dscalar.nii");
  CHECK(maps->names().at(8) == "faces difference");

  run = run_corticast(words(folder,
                            "contrast @r.dscalar.nii --categories-from-names prefix"
                            " --contrast 'faces=adult,child>*' --mask @masks.dscalar.nii"
                            " --by t --threshold best-f1 --curve @curve.tsv"));
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, contains("average precision 1.0000"));
  CHECK_THAT(read_text(folder / "curve.tsv"), contains("faces\tn/a\t1\t0\n"));
  run = run_corticast(words(folder, command + "--mask @masks.dscalar.nii"));
  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, contains("no mask for the contrast 'words'"));

  write_text(folder / "c.tsv", "image\tcategory\nadult-0.jpg\tface\nhouse-0.jpg\thouse\n");
  run = run_corticast(words(
      folder, "contrast @r.dscalar.nii --categories @c.tsv --contrast 'face>house' --roi V1"));
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.err, contains("a single image of face, house"));
  for (const char* wrong :
       {"", "--contrast 'face>car' --categories @c.tsv", "--recipe other",
        "--recipe floc --threshold best-f1", "--recipe floc --threshold much",
        "--recipe floc --contrast 'faces=adult>car'", "--recipe floc --mask-roi V9"}) {
    INFO(wrong);
    CHECK(run_corticast(words(folder, std::string("contrast @r.dscalar.nii ") + wrong)).exit_code ==
          2);
  }
}
