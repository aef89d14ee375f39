#include "engine/backend/cuda/steps/pool_step.h"

#include "engine/backend/comparison.h"
#include "engine/backend/cuda/check.h"
#include "engine/backend/cuda/steps/read_back.h"

namespace corticast::cuda {

std::string PoolStep::name() const {
  return label_ + ": average pool 2x2, stride " + std::to_string(shape_.stride) + ", " +
         std::to_string(shape_.out_height()) + "x" + std::to_string(shape_.out_width());
}

Work PoolStep::work() const {
  const double planes = static_cast<double>(shape_.images) * shape_.channels;
  const double inputs = planes * shape_.height * shape_.width;
  const double outputs = planes * shape_.out_height() * shape_.out_width();
  return {0, static_cast<double>(numerics_.bytes()) * (inputs + outputs)};
}

void PoolStep::run(const Batch& batch) const {
  cudaError_t status = cudaSuccess;
  if (numerics_.layout == Layout::kChannelsLast) {
    status = kernels::cuda::pool2d_average_channels_last(shape_, numerics_.element, x_, positions_,
                                                         y_, non_finite_, batch.stream);
  } else if (to_ == To::kCore) {
    status = kernels::cuda::pool2d_average(shape_, static_cast<const float*>(x_),
                                           static_cast<float*>(y_), batch.stream);
  } else {
    status = kernels::cuda::pool2d_average_to_channels_last(shape_, static_cast<const float*>(x_),
                                                            static_cast<float*>(y_), batch.stream);
  }
  check(status, "pooling");
}

StepCheck PoolStep::verify(const Batch&, std::size_t samples) const {
  const auto channels = static_cast<std::size_t>(shape_.channels);
  const auto height = static_cast<std::size_t>(shape_.height);
  const auto width = static_cast<std::size_t>(shape_.width);
  const auto stride = static_cast<std::size_t>(shape_.stride);
  const auto out_width = static_cast<std::size_t>(shape_.out_width());
  const std::size_t outputs = static_cast<std::size_t>(shape_.out_height()) * out_width;
  const bool planes = numerics_.layout == Layout::kPlanes;
  Comparison comparison;
  for (const std::size_t n : sample_images(shape_.images)) {
    const std::size_t in_size = channels * height * width;
    const std::size_t out_size = channels * (writes_planes() ? outputs : positions_);
    const auto x = read_back(x_, n * in_size, in_size, numerics_.element);
    const auto y = read_back(y_, n * out_size, out_size, numerics_.element);
    for (const std::size_t k : sample_indices(channels * outputs, samples)) {
      const std::size_t c = k % channels;
      const std::size_t p = k / channels;
      double sum = 0;
      for (const std::size_t i : {0u, 1u}) {
        for (const std::size_t j : {0u, 1u}) {
          const std::size_t pixel =
              (p / out_width * stride + i) * width + p % out_width * stride + j;
          sum += static_cast<double>(x[planes ? c * height * width + pixel : pixel * channels + c]);
        }
      }
      comparison.add(static_cast<double>(y[writes_planes() ? c * outputs + p : p * channels + c]),
                     sum / 4);
    }
  }
  return comparison.result(name(), numerics_.rounding_bound());
}

}  // namespace corticast::cuda
