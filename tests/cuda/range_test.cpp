// Numbers that a format cannot hold are counted on the device and said, never passed on in silence.
#include <cmath>
#include <functional>

#include "engine/backend/cuda/cuda_backend.h"
#include "engine/model/writer.h"
#include "tests/cuda/cards.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// The tiny fixture model with one thing changed.
class ChangedModel {
 public:
  using Change = std::function<float(std::size_t block, float weight)>;

  explicit ChangedModel(const Change& change) : model_(write(change)) {}
  const Model& operator*() const { return model_; }

 private:
  Model write(const Change& change) {
    const ConvertedModel original("tiny_zip");
    const ModelInfo& info = original->info();
    const auto path = folder_ / "changed.corticast";
    ModelWriter writer(path, info);
    const auto layers = original->verified_core();
    for (std::size_t k = 0; k < layers.size(); ++k) {
      const CoreLayer& layer = layers[k];
      const auto size = static_cast<std::size_t>(layer.out_channels * layer.in_channels *
                                                 layer.block.kernel * layer.block.kernel);
      std::vector<float> weight(layer.weight, layer.weight + size);
      for (float& value : weight) value = change(k, value);
      writer.core_layer(weight, {layer.bias, static_cast<std::size_t>(layer.out_channels)});
    }
    const Request all = everything(*original);
    const auto channels = static_cast<std::size_t>(info.channels);
    for (std::size_t r = 0; r < info.readouts(); ++r) {
      const Readout readout = original->verified_readout(r, all.rows);
      writer.spatial_rows({readout.spatial, all.rows.size() * cnn8::kPositions});
      writer.feature_rows({readout.features, all.rows.size() * channels});
      writer.bias_rows({readout.bias, all.rows.size()});
    }
    writer.finish();
    return Model(path);
  }

  TemporaryFolder folder_;
  Model model_;
};

std::vector<std::string> findings_of(const Model& model, Precision precision) {
  play("a100");
  const auto backend = cuda::open_cuda_backend(0);
  const auto program = backend->compile(model, everything(model), 2, precision);
  std::copy_n(photographs().pixels.data(), kImageBytes, program->input(0));
  program->submit(0, 1);
  program->wait(0);
  const Findings findings = program->findings();
  CHECK_FALSE(findings.difference);
  check_clean();
  return findings.warnings;
}

}  // namespace

TEST_CASE("activations beyond float16's range are counted where they first occur, and said") {
  // Blocks 2 and 3 each 300 times as loud; what follows overflows as well.
  const ChangedModel loud([](std::size_t block, float weight) {
    return block == 1 || block == 2 ? 300 * weight : weight;
  });
  const auto lines = findings_of(*loud, Precision::kFp16);
  REQUIRE(!lines.empty());
  CHECK_THAT(lines.front(), Catch::Matchers::StartsWith("block 3: ") &&
                                Catch::Matchers::Contains("beyond the range of fp16") &&
                                Catch::Matchers::Contains("--precision fp32"));
  // bfloat16 and float32 have room for them.
  CHECK(findings_of(*loud, Precision::kBf16).empty());
  CHECK(findings_of(*loud, Precision::kTf32).empty());
}

TEST_CASE("a model within the range has nothing to say") {
  const ConvertedModel model("tiny_zip");
  CHECK(findings_of(*model, Precision::kFp16).empty());
}

TEST_CASE("weights beyond float16's range are refused with their number and the remedy") {
  const ChangedModel heavy(
      [](std::size_t block, float weight) { return block == 4 ? 1e7f : weight; });
  play("a100");
  const auto backend = cuda::open_cuda_backend(0);
  try {
    backend->compile(*heavy, everything(*heavy), 1, Precision::kFp16);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kDevice);
    CHECK_THAT(error.what(), Catch::Matchers::Contains("576 weights of block 5"));
    CHECK_THAT(error.hint(), Catch::Matchers::Contains("bf16"));
  }
  CHECK_NOTHROW(backend->compile(*heavy, everything(*heavy), 1, Precision::kBf16));
}
