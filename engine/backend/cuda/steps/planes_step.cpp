#include "engine/backend/cuda/steps/planes_step.h"

#include "engine/backend/backend.h"
#include "engine/backend/comparison.h"
#include "engine/backend/cuda/check.h"
#include "engine/backend/cuda/steps/read_back.h"
#include "engine/model/cnn8.h"

namespace corticast::cuda {
namespace {

constexpr std::size_t kPixels = std::size_t{cnn8::kInputSide} * cnn8::kInputSide;
constexpr std::size_t kColours = cnn8::kInputChannels;

// Device memory, from cudaMalloc: aligned for any type.
const float* planes(const Batch& batch) {
  return static_cast<const float*>(static_cast<const void*>(batch.input));
}

}  // namespace

std::string PlanesStep::name() const {
  return numerics_.layout == Layout::kPlanes ? "copy planes" : "planes to pixels";
}

Work PlanesStep::work() const {
  const auto channels = static_cast<std::size_t>(numerics_.input_channels);
  const std::size_t bytes = kColours * sizeof(float) + channels * numerics_.bytes();
  return {0, static_cast<double>(images_ * kPixels * bytes)};
}

void PlanesStep::run(const Batch& batch) const {
  const cudaError_t status =
      numerics_.layout == Layout::kPlanes
          ? cudaMemcpyAsync(y_, batch.input, images_ * input_bytes(InputKind::kNormalised),
                            cudaMemcpyDeviceToDevice, batch.stream)
          : kernels::cuda::planes_to_channels_last(planes(batch), images_, kPixels,
                                                   numerics_.element, y_, overflows_, batch.stream);
  check(status, "taking normalised images");
}

StepCheck PlanesStep::verify(const Batch& batch, std::size_t samples) const {
  const auto channels = static_cast<std::size_t>(numerics_.input_channels);
  const bool in_planes = numerics_.layout == Layout::kPlanes;
  Comparison comparison;
  for (const std::size_t n : sample_images(images_)) {
    const std::vector<float> x =
        read_back(planes(batch), n * kImageValues, kImageValues, kernels::cuda::Element::kFloat32);
    const std::vector<float> y =
        read_back(y_, n * kPixels * channels, kPixels * channels, numerics_.element);
    for (const std::size_t i : sample_indices(y.size(), samples)) {
      const std::size_t p = in_planes ? i % kPixels : i / channels;
      const std::size_t c = in_planes ? i / kPixels : i % channels;
      const float expected = c < kColours ? x[c * kPixels + p] : 0.0f;
      comparison.add(static_cast<double>(y[i]), static_cast<double>(expected));
    }
  }
  return comparison.result(name(), numerics_.rounding_bound());
}

}  // namespace corticast::cuda
