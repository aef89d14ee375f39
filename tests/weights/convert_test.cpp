#include "weights_tool/conversion.h"

#include <numeric>

#include "engine/base/digest.h"
#include "engine/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"
#include "weights_tool/checkpoint/fold.h"
#include "weights_tool/checkpoint/zip_reader.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::filesystem::path fixture(const std::string& name) {
  return data_path("checkpoints/" + name + ".pth");
}

ModelInfo convert(const std::filesystem::path& from, const std::filesystem::path& to,
                  const std::optional<Subject>& subject = std::nullopt) {
  const weights::Checkpoint checkpoint(from);
  return weights::convert_checkpoint(checkpoint, from, to, subject, [](const std::string&) {});
}

void add(Sha256& digest, const float* values, std::size_t count) {
  digest.update(std::as_bytes(std::span(values, count)));
}

std::string core_digest(const Model& model) {
  Sha256 digest;
  for (const CoreLayer& layer : model.verified_core()) {
    const auto kernel = static_cast<std::size_t>(layer.block.kernel);
    const auto out = static_cast<std::size_t>(layer.out_channels);
    add(digest, layer.weight, out * static_cast<std::size_t>(layer.in_channels) * kernel * kernel);
    add(digest, layer.bias, out);
  }
  return digest.hex();
}

std::string heads_digest(const Model& model) {
  const std::size_t vertices = model.info().vertices;
  std::vector<std::uint32_t> rows(vertices);
  std::iota(rows.begin(), rows.end(), 0u);
  Sha256 digest;
  for (std::size_t r = 0; r < model.info().readouts(); ++r) {
    const Readout readout = model.verified_readout(r, rows);
    add(digest, readout.spatial, vertices * cnn8::kPositions);
    add(digest, readout.features, vertices * static_cast<std::size_t>(model.info().channels));
    add(digest, readout.bias, vertices);
  }
  return digest.hex();
}

// tiny_zip with one float of storage data/<key> replaced.
std::string tiny_with(const std::string& key, std::size_t index, float value) {
  std::string file = read_text(fixture("tiny_zip"));
  const weights::ZipArchive archive(as_byte_span(file), "tiny_zip");
  const ByteSpan data = archive.find("tiny_zip/data/" + key)->data;
  const auto at = static_cast<std::size_t>(data.data() - as_byte_span(file).data());
  return file.replace(at + index * sizeof(float), sizeof(float), le(value));
}

// The error of converting these bytes, as "<exit code>: <message>".
std::string failure(const std::string& bytes) {
  const TemporaryFolder folder;
  write_text(folder / "x.pth", bytes);
  try {
    (void)convert(folder / "x.pth", folder / "out");
    return "";
  } catch (const Error& error) {
    CHECK_FALSE(std::filesystem::exists(folder / "out"));
    return std::to_string(error.exit_code()) + ": " + error.what();
  }
}

}  // namespace

// Hashes computed with PyTorch 1.13.1 and NumPy in float64 from the formulas in fold.h, rounding
// carried from tap to tap included: weight and bias of each block; normalised masks, features and
// bias of each head.
TEST_CASE("Converted weights equal, to the bit, what NumPy computes in double") {
  struct Row {
    const char* name;
    const char* core;
    const char* heads;
  };
  const std::vector<Row> rows = {
      {"tiny_zip", "aecc9259803d27b5a93d477e449e3f9e332081cc6ddf40caadf7033ea55e6415",
       "cd8db090fc6e444c8366e56b763b933e07532f31fa2419646582059ebe08d229"},
      {"multihead_zip", "aa2feefcbc3d38f96fbcfbb8d7487f783c756b583efacca8460f12c745efd831",
       "c851eb946f4655c5370968fa6fbab31ac20a54c3b2cfb8199cc5d579db443795"},
      {"singlehead_zip", "623d34ce90e7eb8d0ce8aa0b8ffca3a0695bbef5bb28439533bc4c5347942e95",
       "6f00fcc486c0dbb231787a7a7e1300df74d4a105f6021f152c0609ed7a82c873"},
      {"multihead_half_zip", "37a32718aa2f0861e9ae1f2c257d56b4289671b2865cd493a84644c962661782",
       "82ae2d32ac1329ac0a119ac7f975257ed1672e50128a4aeeb03b0334bf4bea1e"}};
  const TemporaryFolder folder;
  for (const Row& row : rows) {
    INFO(row.name);
    const ModelInfo info = convert(fixture(row.name), folder / row.name);
    const Model model(folder / row.name);
    CHECK(core_digest(model) == row.core);
    CHECK(heads_digest(model) == row.heads);
    CHECK(model.info().model_hash == info.model_hash);
    CHECK(model.info().vertex_set == "none");
    CHECK(model.info().provenance.source_sha256 ==
          sha256_hex(MappedFile(fixture(row.name), ErrorCode::kModel).bytes()));
  }
}

TEST_CASE("Every form of the same weights converts to the same model hash") {
  const TemporaryFolder folder;
  const std::string hash = convert(fixture("tiny_zip"), folder / "a").model_hash;
  for (const char* name : {"tiny_legacy", "tiny_strided_zip", "tiny_strided_legacy",
                           "tiny_v2layout_zip", "tiny_f64_zip"}) {
    CHECK(convert(fixture(name), folder / name).model_hash == hash);
  }
  CHECK(convert(fixture("tiny_bf16_zip"), folder / "b").model_hash != hash);
}

TEST_CASE("Subjects come from the keys, in file order") {
  const TemporaryFolder folder;
  const ModelInfo info = convert(fixture("tiny_zip"), folder / "out");
  CHECK(info.multihead);
  REQUIRE(info.subjects.size() == 2);
  CHECK(info.subjects[0].canonical() == "BOLD5000-01");
  CHECK(info.subjects[1].canonical() == "THINGS-03");
  CHECK(info.channels == 8);
  CHECK(info.vertices == 24);
}

TEST_CASE("A singlehead model's subject is given, or read from a published file name") {
  const TemporaryFolder folder;
  const auto published =
      folder / "model-CNN8_framework-singlehead_subjects-sub-05_NSD_vertices-visual.pth";
  std::filesystem::copy_file(fixture("singlehead_zip"), published);
  const std::optional<Subject> five = parse_subject("NSD-05");
  CHECK(convert(fixture("singlehead_zip"), folder / "a").subjects.empty());
  CHECK(convert(fixture("singlehead_zip"), folder / "b", five).subjects.at(0) == *five);
  CHECK(convert(published, folder / "c").subjects.at(0) == *five);
  CHECK(convert(published, folder / "d", five).subjects.at(0) == *five);
  CHECK_THROWS_WITH(convert(published, folder / "e", parse_subject("NSD-04")),
                    contains("contradicts the file name, which says NSD-05"));
  CHECK_THROWS_WITH(convert(fixture("tiny_zip"), folder / "f", five),
                    contains("--subject is for singlehead files"));
}

TEST_CASE("Numbers that would give wrong predictions are refused with their tensor") {
  CHECK(failure(read_text(fixture("tiny_zip"))) == "");
  CHECK_THAT(failure(tiny_with("4", 3, -0.5f)),
             contains("3: ") && contains("running_var': item 3 is negative"));
  CHECK_THAT(failure(tiny_with("49", 5, std::numeric_limits<float>::infinity())),
             contains("sub-01_BOLD5000.spatial': item 5 is NaN, infinite"));
  CHECK_THAT(failure(tiny_with("1", 1, 3e38f)), contains("too large for float32 once batch norm"));
}

TEST_CASE("Masks are divided by their norm plus epsilon, in double") {
  std::vector<float> zeros(cnn8::kPositions, 0.0f);
  weights::normalise_mask(zeros);
  CHECK(zeros == std::vector<float>(cnn8::kPositions, 0.0f));
  std::vector<float> tiny(cnn8::kPositions, 0.0f);
  tiny[7] = 1e-25f;  // its square underflows float32 but not double
  weights::normalise_mask(tiny);
  CHECK(tiny[7] == static_cast<float>(double{1e-25f} / (double{1e-25f} + 1e-6)));
  std::vector<float> pixel(cnn8::kPositions, 0.0f);
  pixel[98] = -4.0f;
  weights::normalise_mask(pixel);
  CHECK(pixel[98] == static_cast<float>(-4.0 / (4.0 + 1e-6)));
}
