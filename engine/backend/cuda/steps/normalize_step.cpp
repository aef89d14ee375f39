#include "engine/backend/cuda/steps/normalize_step.h"

#include "engine/backend/backend.h"
#include "engine/backend/comparison.h"
#include "engine/backend/cuda/check.h"
#include "engine/backend/cuda/steps/read_back.h"
#include "engine/model/cnn8.h"

namespace corticast::cuda {
namespace {

using kernels::cuda::Element;

constexpr std::size_t kPixels = std::size_t{cnn8::kInputSide} * cnn8::kInputSide;
constexpr std::size_t kColours = cnn8::kInputChannels;

}  // namespace

std::string NormalizeStep::name() const {
  return "normalise";
}

Work NormalizeStep::work() const {
  const auto channels = static_cast<std::size_t>(numerics_.input_channels);
  return {0, static_cast<double>(images_ * kPixels * (kColours + channels * numerics_.bytes()))};
}

void NormalizeStep::run(const Batch& batch) const {
  const cudaError_t status =
      numerics_.layout == Layout::kPlanes
          ? kernels::cuda::normalize_pixels(batch.input, images_, kPixels, table_,
                                            static_cast<float*>(y_), batch.stream)
          : kernels::cuda::normalize_pixels_channels_last(batch.input, images_, kPixels, table_,
                                                          numerics_.element, y_, batch.stream);
  check(status, "normalising images");
}

StepCheck NormalizeStep::verify(const Batch& batch, std::size_t samples) const {
  const auto channels = static_cast<std::size_t>(numerics_.input_channels);
  const bool planes = numerics_.layout == Layout::kPlanes;
  const std::vector<float> table = read_back(table_, 0, 3 * 256, Element::kFloat32);
  std::vector<std::uint8_t> pixels(kImageBytes);
  Comparison comparison;
  for (const std::size_t n : sample_images(images_)) {
    check(cudaMemcpy(pixels.data(), batch.input + n * kImageBytes, kImageBytes,
                     cudaMemcpyDeviceToHost),
          "reading pixels back");
    const std::vector<float> y =
        read_back(y_, n * kPixels * channels, kPixels * channels, numerics_.element);
    for (const std::size_t i : sample_indices(y.size(), samples)) {
      const std::size_t p = planes ? i % kPixels : i / channels;
      const std::size_t c = planes ? i / kPixels : i % channels;
      const float expected = c < kColours ? table[c * 256 + pixels[p * kColours + c]] : 0.0f;
      comparison.add(static_cast<double>(y[i]), static_cast<double>(expected));
    }
  }
  return comparison.result(name(), numerics_.rounding_bound());
}

}  // namespace corticast::cuda
