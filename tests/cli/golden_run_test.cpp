// The whole way a user goes: a PyTorch checkpoint converted and a folder of photographs encoded by
// the built programs, against the float64 goldens of the reference model.
#include "engine/base/digest.h"
#include "tests/cli/responses.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::string images_folder() {
  return data_path("images").string();
}

}  // namespace

TEST_CASE("a converted checkpoint and a folder of photographs give the goldens") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  const std::string output = (folder / "out.h5").string();
  const auto checkpoint = data_path("checkpoints/multihead_zip.pth").string();
  REQUIRE(run_corticast_weights("convert " + checkpoint + " -o " + model).exit_code == 0);
  const Outcome run = run_corticast("encode " + images_folder() + " -m " + model + " -o " + output);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);

  const auto golden = load_npz(data_path("goldens/out_multihead_zip.npz"));
  const ReadFile file(output);
  CHECK(file.texts("/images/path") == text_items(golden.at("images")));
  check_responses(file, "/responses/NaturalScenesDataset/sub-01", golden.at("sub-01_NSD/f64"));
  check_responses(file, "/responses/NaturalScenesDataset/sub-05", golden.at("sub-05_NSD/f64"));
}

TEST_CASE("a singlehead checkpoint gives its goldens without dataset and subject") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  const std::string output = (folder / "out.h5").string();
  const auto checkpoint = data_path("checkpoints/singlehead_zip.pth").string();
  REQUIRE(run_corticast_weights("convert " + checkpoint + " -o " + model).exit_code == 0);
  REQUIRE(run_corticast("encode " + images_folder() + " -m " + model + " -o " + output).exit_code ==
          0);
  check_responses(ReadFile(output), "/responses/readout",
                  load_npz(data_path("goldens/out_singlehead_zip.npz")).at("readout/f64"));
}

TEST_CASE("preprocess writes the bytes that the reference network sees") {
  const TemporaryFolder folder;
  const std::string output = (folder / "pixels.npy").string();
  REQUIRE(run_corticast("preprocess " + images_folder() + " -o " + output).exit_code == 0);
  const Array pixels = load_npy(output);
  const Array expected = load_npz(data_path("goldens/preprocessed.npz")).at("u8");
  CHECK(pixels.shape == expected.shape);
  CHECK(sha256_hex(pixels.bytes) == sha256_hex(expected.bytes));
}
