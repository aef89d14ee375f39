// The exact core against the plain references, block by block.
#include "bench/exact_core.h"

#include <cmath>

#include "engine/backend/backend.h"
#include "engine/backend/noise.h"
#include "engine/image/preprocess.h"
#include "engine/model/synthetic.h"
#include "kernels/conv2d.h"
#include "kernels/pool2d.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;

namespace {

std::vector<float> rounded(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// The references take float32, so every activation is rounded on the way.
std::vector<float> reference_core(const std::vector<CoreLayer>& layers,
                                  const std::vector<std::uint8_t>& pixels) {
  const auto table = normalisation_table();
  std::vector<float> x;
  x.reserve(pixels.size());
  for (std::size_t k = 0; k < pixels.size(); ++k) x.push_back(table[k % 3 * 256 + pixels[k]]);
  int side = cnn8::kInputSide;
  for (const CoreLayer& layer : layers) {
    const kernels::Conv2dShape conv{
        layer.in_channels, layer.out_channels, layer.block.kernel, layer.block.padding, side, side};
    const auto channels = static_cast<std::size_t>(layer.out_channels);
    const auto volume = [&](int s) {
      return static_cast<std::size_t>(s) * static_cast<std::size_t>(s) * channels;
    };
    std::vector<double> y(volume(conv.out_height()));
    kernels::reference::conv2d_bias_relu(conv, x.data(), layer.weight, layer.bias, y.data());
    side = conv.out_height();
    x = rounded(y);
    if (layer.block.pool == cnn8::Pool::kNone) continue;
    const kernels::Pool2dShape pool{layer.out_channels, side, side,
                                    layer.block.pool == cnn8::Pool::kHalve ? 2 : 1};
    y.resize(volume(pool.out_height()));
    kernels::reference::pool2d_average(pool, x.data(), y.data());
    side = pool.out_height();
    x = rounded(y);
  }
  return x;
}

}  // namespace

TEST_CASE("the core in double precision is the network's") {
  const test::TemporaryFolder folder;
  SyntheticModel synthetic;
  synthetic.features = 1;
  synthetic.vertices = 1;
  write_synthetic(folder / "model.corticast", synthetic);
  const Model model(folder / "model.corticast");
  const std::vector<CoreLayer> layers = model.verified_core();
  std::vector<std::uint8_t> pixels(kImageBytes);
  fill_with_noise(pixels.data(), pixels.size());

  const std::vector<double> exact = bench::exact_core(layers, pixels.data());
  const std::vector<float> expected = reference_core(layers, pixels);
  REQUIRE(exact.size() == expected.size());
  double difference = 0;
  double size = 0;
  for (std::size_t k = 0; k < exact.size(); ++k) {
    const auto reference = static_cast<double>(expected[k]);
    difference += (exact[k] - reference) * (exact[k] - reference);
    size += reference * reference;
  }
  // Nine roundings to float32 (6e-8 each) lie between the two.
  CHECK(std::sqrt(difference / size) < 3e-7);
  CHECK(difference > 0);
}
