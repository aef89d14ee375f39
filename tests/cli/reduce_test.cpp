// encode --reduce: means and weighted sums against the vertices of a run without it.
#include <hdf5.h>

#include <algorithm>
#include <cmath>

#include "engine/base/npy.h"
#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/random.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kRelativeL2 = 2e-6;  // float32 on the CPU, of one image's outputs

const std::vector<std::string> kSubjects = {"/responses/NaturalScenesDataset/sub-01",
                                            "/responses/BOLD5000/sub-02"};

struct Bench {
  TemporaryFolder folder;
  std::string model = (folder / "visual.model").string();
  std::string photos = (folder / "photos").string();
  std::string output = (folder / "out.h5").string();
  std::string vertices = (folder / "vertices.h5").string();

  Bench() {
    make_model(model, true);
    std::filesystem::create_directory(photos);
    for (const char* name : {"rocket_224x224_rgb.png", "chelsea_97x60_rgb.png"}) {
      std::filesystem::copy(data_path(std::string("images/") + name), photos + "/" + name);
    }
  }
  Outcome encode(const std::string& more) const {
    return run_corticast("encode " + photos + " -m " + model + " -o " + output + " " + more);
  }
  // A run of every vertex that `selection` names, to reduce here.
  ReadFile unreduced(const std::string& selection = "") const {
    const Outcome run = run_corticast("encode " + photos + " -m " + model + " -o " + vertices +
                                      " --force " + selection);
    if (run.exit_code != 0) throw std::runtime_error(run.err);
    return ReadFile(vertices);
  }
};

// Dense weights [outputs, columns].
struct Weights {
  std::size_t outputs;
  std::size_t columns;
  std::vector<double> values;
};

void save(const std::filesystem::path& path, const Weights& weights) {
  write_text(path, make_npy_header("<f8", {weights.outputs, weights.columns}) +
                       std::string(as_text(std::as_bytes(std::span(weights.values)))));
}

void save_hdf5(const std::string& path, const Weights& weights,
               const std::vector<const char*>& names) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, H5T_VARIABLE);
  H5Tset_cset(text, H5T_CSET_UTF8);
  const hsize_t shape[2] = {weights.outputs, weights.columns};
  const auto write = [&](const char* name, int rank, hid_t type, const void* values) {
    const hid_t space = H5Screate_simple(rank, shape, nullptr);
    const hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) FAIL("HDF5 " << name);
    H5Dclose(set);
    H5Sclose(space);
  };
  write("matrix", 2, H5T_NATIVE_DOUBLE, weights.values.data());
  write("names", 1, text, names.data());
  H5Tclose(text);
  H5Fclose(file);
}

Weights random_weights(std::size_t outputs, std::size_t columns) {
  Random random(outputs);
  Weights weights{outputs, columns, std::vector<double>(outputs * columns)};
  for (double& value : weights.values) value = random.uniform();
  return weights;
}

// CHECKs every image of every subject of `reduced` against the weighted sums of `full`, in double.
void check_reduced(const ReadFile& reduced, const ReadFile& full, const Weights& weights) {
  for (const std::string& subject : kSubjects) {
    const std::vector<float> values = full.floats(subject);
    const std::vector<float> got = reduced.floats(subject);
    const std::size_t images = values.size() / weights.columns;
    REQUIRE(images == 2);
    REQUIRE(reduced.shape(subject) == std::vector<hsize_t>{images, weights.outputs});
    for (std::size_t n = 0; n < images; ++n) {
      std::vector<double> expected(weights.outputs);
      for (std::size_t i = 0; i < weights.values.size(); ++i) {
        expected[i / weights.columns] +=
            weights.values[i] *
            static_cast<double>(values[n * weights.columns + i % weights.columns]);
      }
      INFO(subject << " image " << n);
      CHECK(distance(got.data() + n * weights.outputs, expected.data(), weights.outputs)
                .relative_l2 <= kRelativeL2);
    }
  }
}

// Mean over the columns of each label, as weights; the labels in the order of `names`.
template <typename Label>
Weights means_of(const std::vector<Label>& labels, const std::vector<Label>& names) {
  Weights weights{names.size(), labels.size(), std::vector<double>(names.size() * labels.size())};
  for (std::size_t output = 0; output < names.size(); ++output) {
    const auto count = std::count(labels.begin(), labels.end(), names[output]);
    for (std::size_t column = 0; column < labels.size(); ++column) {
      if (labels[column] != names[output]) continue;
      weights.values[output * labels.size() + column] = 1.0 / static_cast<double>(count);
    }
  }
  return weights;
}

}  // namespace

TEST_CASE("ROI means are the averages of each area's vertices, of every subject") {
  const Bench bench;
  const ReadFile full = bench.unreduced();
  const Outcome run = bench.encode("--reduce roi-mean");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(run.out == bench.output + "\n");
  const ReadFile file(bench.output);
  const std::vector<std::string> labels = full.texts("/vertices/roi");
  const std::vector<std::string> names = file.texts("/outputs/name");
  CHECK(names.size() == 52);
  check_reduced(file, full, means_of(labels, names));
  const auto counts = file.numbers<int>("/outputs/vertices", H5T_NATIVE_INT);
  for (std::size_t output = 0; output < names.size(); ++output) {
    CHECK(counts[output] == std::count(labels.begin(), labels.end(), names[output]));
  }
  CHECK_FALSE(file.has("/vertices"));
  CHECK(file.attribute("reduction") == "roi-mean");
}

TEST_CASE("group means are the averages of each group's vertices, also of a selection") {
  const Bench bench;
  {
    const ReadFile full = bench.unreduced();
    REQUIRE(bench.encode("--reduce group-mean").exit_code == 0);
    const ReadFile file(bench.output);
    CHECK(file.texts("/outputs/name") ==
          std::vector<std::string>{"GlasserGroup_1", "GlasserGroup_2", "GlasserGroup_3",
                                   "GlasserGroup_4", "GlasserGroup_5"});
    check_reduced(
        file, full,
        means_of(full.bytes("/vertices/group"), std::vector<std::uint8_t>{1, 2, 3, 4, 5}));
  }
  const ReadFile full = bench.unreduced("--roi R_V1,MT");
  REQUIRE(bench.encode("--reduce group-mean --roi R_V1,MT --force").exit_code == 0);
  const ReadFile file(bench.output);
  CHECK(file.texts("/outputs/name") ==
        std::vector<std::string>{"GlasserGroup_1", "GlasserGroup_5"});
  check_reduced(file, full,
                means_of(full.bytes("/vertices/group"), std::vector<std::uint8_t>{1, 5}));
}

TEST_CASE("an area that removal emptied is NaN and named in one line") {
  const Bench bench;
  REQUIRE(run_corticast_weights("synth --features 1 --vertices all --subjects NSD-01 --force -o " +
                                bench.model)
              .exit_code == 0);
  const Outcome run = bench.encode("--reduce roi-mean --roi RSC");
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.err, contains("note: R_RSC holds no vertex of this model: the mean is NaN\n") &&
                          !contains("responses of") && !contains("adds no column"));
  const ReadFile file(bench.output);
  CHECK(file.texts("/outputs/name") == std::vector<std::string>{"L_RSC", "R_RSC"});
  CHECK(file.numbers<int>("/outputs/vertices", H5T_NATIVE_INT) == std::vector<int>{3, 0});
  const std::vector<float> values = file.floats(kSubjects[0]);
  REQUIRE(values.size() == 4);
  for (const std::size_t image : {std::size_t{0}, std::size_t{1}}) {
    CHECK(std::isfinite(values[2 * image]));
    CHECK(std::isnan(values[2 * image + 1]));
  }
}

TEST_CASE("a matrix of few outputs and one of many give the same sums as the vertices") {
  const Bench bench;
  const std::string matrix = (bench.folder / "m.npy").string();
  {
    const ReadFile full = bench.unreduced();
    const Weights few = random_weights(3, 7831);
    save(matrix, few);
    REQUIRE(bench.encode("--reduce " + matrix).exit_code == 0);
    const ReadFile file(bench.output);
    check_reduced(file, full, few);
    CHECK(file.texts("/outputs/name") == std::vector<std::string>{"0", "1", "2"});
    CHECK(file.attribute("reduction") == "matrix");
    CHECK(file.attribute("matrix_sha256").size() == 64);
  }
  const ReadFile full = bench.unreduced("--roi L_V1");
  Weights many = random_weights(300, 816);
  std::fill_n(many.values.begin() + 816, 816, 0.0);  // output 1 is zero, not NaN
  save(matrix, many);
  const Outcome run = bench.encode("--roi L_V1 --force --reduce " + matrix);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const ReadFile file(bench.output);
  check_reduced(file, full, many);
  CHECK(file.floats(kSubjects[0])[1] == 0);
  CHECK(file.numbers<int>("/outputs/vertices", H5T_NATIVE_INT)[1] == 0);
}

TEST_CASE("a bad image is a row of NaN outputs") {
  const Bench bench;
  write_text(bench.photos + "/a.jpg", "not a picture");
  CHECK(bench.encode("--reduce group-mean --subjects NSD-01").exit_code == 4);
  const std::vector<float> values = ReadFile(bench.output).floats(kSubjects[0]);
  REQUIRE(values.size() == 15);
  for (std::size_t i = 0; i < 15; ++i) CHECK(std::isnan(values[i]) == (i < 5));
}

TEST_CASE("a finished reduction is recognised, a changed matrix is not it") {
  const Bench bench;
  const std::string matrix = (bench.folder / "m.npy").string();
  Weights weights = random_weights(2, 816);
  save(matrix, weights);
  const std::string command = "--roi L_V1 --subjects NSD-01 --reduce " + matrix;
  REQUIRE(bench.encode(command).exit_code == 0);
  const std::string first = read_text(bench.output);
  CHECK_THAT(bench.encode(command).err, contains("already complete"));
  const auto refused = [&](const std::string& flags, const std::vector<std::string>& differences) {
    CAPTURE(flags);
    const Outcome run = bench.encode(flags);
    CHECK(run.exit_code == 5);
    CHECK_THAT(run.err, contains("another run (") && contains("--force"));
    for (const std::string& key : differences) CHECK_THAT(run.err, contains(key + ": "));
    CHECK(read_text(bench.output) == first);
  };
  weights.values[5] += 1;
  save(matrix, weights);
  refused(command, {"(matrix"});
  refused("--roi L_V1 --subjects NSD-01", {"columns", "matrix", "outputs", "reduction"});
  refused("--roi V1 --subjects NSD-01 --reduce roi-mean",
          {"matrix", "outputs", "reduction", "selected vertices"});
}

TEST_CASE("a dry run says what is put out and how") {
  const Bench bench;
  const Outcome means = bench.encode("--reduce roi-mean --dry-run");
  INFO(means.err);
  CHECK(means.exit_code == 0);
  CHECK_THAT(means.out, contains("52 means") && contains("L_V1, ") &&
                            contains("from folded readouts: ") && contains("52 columns"));
  const Outcome one = bench.encode("--reduce roi-mean --roi L_V1 --dry-run");
  CHECK_THAT(one.out, contains("1 mean of areas: L_V1\n"));
  save(bench.folder / "m.npy", random_weights(300, 816));
  const Outcome many =
      bench.encode("--roi L_V1 --dry-run --reduce " + (bench.folder / "m.npy").string());
  CHECK_THAT(many.out, contains("300 weighted sums") && contains("from computed vertices: "));
  CHECK_FALSE(std::filesystem::exists(bench.output));
}

TEST_CASE("mistakes with --reduce exit with 2 and leave nothing behind") {
  const Bench bench;
  const std::string matrix = (bench.folder / "m.npy").string();
  save(matrix, random_weights(2, 7830));
  const auto refused = [&](const std::string& flags) {
    CAPTURE(flags);
    const Outcome run = bench.encode(flags);
    CHECK(run.exit_code == 2);
    CHECK(run.out.empty());
    CHECK_FALSE(std::filesystem::exists(bench.output));
    CHECK_FALSE(std::filesystem::exists(bench.output + ".part"));
    return run.err;
  };
  CHECK_THAT(refused("--reduce " + matrix),
             contains(matrix + ": a matrix of shape [2, 7,830], expected [outputs, 7,831]"));
  CHECK_THAT(refused("--reduce median"), contains("--reduce median"));
  CHECK_THAT(refused("--reduce ''"), contains("--reduce"));
  CHECK_THAT(refused("--reduce roi-mean --expand"), contains("--expand"));
  CHECK_THAT(refused("--reduce /nowhere/m.npy"), contains("/nowhere/m.npy"));
  CHECK_THAT(refused("--reduce /nowhere/m.h5"), contains("/nowhere/m.h5"));
  make_model(bench.folder / "single", false);
  const Outcome bare =
      run_corticast("encode " + bench.photos + " -m " + (bench.folder / "single").string() +
                    " -o " + bench.output + " --reduce roi-mean");
  CHECK(bare.exit_code == 2);
  CHECK_THAT(bare.err, contains("no atlas"));
}

TEST_CASE("an HDF5 matrix names its outputs and is not overwritten by them") {
  const Bench bench;
  const std::string matrix = (bench.folder / "m.h5").string();
  const Weights weights = random_weights(2, 816);
  save_hdf5(matrix, weights, {"first component", "zweite für alle"});
  {
    const ReadFile full = bench.unreduced("--roi L_V1");
    REQUIRE(bench.encode("--roi L_V1 --reduce " + matrix).exit_code == 0);
    const ReadFile file(bench.output);
    check_reduced(file, full, weights);
    CHECK(file.texts("/outputs/name") ==
          std::vector<std::string>{"first component", "zweite für alle"});
  }
  const std::string before = read_text(matrix);
  const Outcome own = run_corticast("encode " + bench.photos + " -m " + bench.model +
                                    " --roi L_V1 -o " + matrix + " --force --reduce " + matrix);
  CHECK(own.exit_code == 2);
  CHECK_THAT(own.err, contains("would overwrite " + matrix));
  CHECK(read_text(matrix) == before);
}
