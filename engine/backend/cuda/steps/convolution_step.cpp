#include "engine/backend/cuda/steps/convolution_step.h"

#include <algorithm>
#include <utility>

#include "engine/backend/comparison.h"
#include "engine/backend/cuda/steps/read_back.h"

namespace corticast::cuda {
namespace {

std::size_t size(int value) {
  return static_cast<std::size_t>(value);
}

// Offsets of a tensor's last three dims, whatever its layout.
struct Offsets {
  std::size_t channel;
  std::size_t row;
  std::size_t column;

  Offsets(Layout layout, int channels, int height, int width)
      : channel(layout == Layout::kPlanes ? size(height) * size(width) : 1),
        row(layout == Layout::kPlanes ? size(width) : size(width) * size(channels)),
        column(layout == Layout::kPlanes ? 1 : size(channels)) {}
};

}  // namespace

ConvolutionStep::ConvolutionStep(const CudnnHandle& handle, std::string label, int in_channels,
                                 const kernels::Conv2dShape& shape, std::size_t images,
                                 const Numerics& numerics, Convolution convolution,
                                 const ConvolutionBuffers& buffers)
    : handle_(handle),
      label_(std::move(label)),
      in_channels_(in_channels),
      shape_(shape),
      images_(images),
      numerics_(numerics),
      convolution_(std::move(convolution)),
      buffers_(buffers) {
  convolution_.bind(buffers.x, buffers.weight, buffers.bias, buffers.y, buffers.workspace);
}

std::string ConvolutionStep::name() const {
  const std::string kernel = std::to_string(shape_.kernel);
  return label_ + ": convolution " + kernel + "x" + kernel + ", " + std::to_string(in_channels_) +
         " -> " + std::to_string(shape_.out_channels) + ", " + std::to_string(shape_.out_height()) +
         "x" + std::to_string(shape_.out_width());
}

Work ConvolutionStep::work() const {
  const double outputs =
      static_cast<double>(images_) * shape_.out_height() * shape_.out_width() * shape_.out_channels;
  const double terms = static_cast<double>(shape_.kernel) * shape_.kernel * in_channels_;
  const double inputs = static_cast<double>(images_) * shape_.height * shape_.width * in_channels_;
  const double weights = terms * shape_.out_channels + shape_.out_channels;
  return {2 * outputs * terms,
          static_cast<double>(numerics_.bytes()) * (inputs + outputs + weights)};
}

void ConvolutionStep::run(const Batch&) const {
  convolution_.run(handle_);
}

// The reference of kernels/conv2d.h, for single outputs in either layout.
StepCheck ConvolutionStep::verify(const Batch&, std::size_t samples) const {
  const kernels::Conv2dShape& s = shape_;
  const int height = s.out_height();
  const int width = s.out_width();
  const std::size_t in_size = size(s.in_channels) * size(s.height) * size(s.width);
  const std::size_t out_size = size(s.out_channels) * size(height) * size(width);
  const std::size_t filter = size(s.in_channels) * size(s.kernel) * size(s.kernel);
  const Offsets in(numerics_.layout, s.in_channels, s.height, s.width);
  const Offsets out(numerics_.layout, s.out_channels, height, width);
  const Offsets tap(numerics_.layout, s.in_channels, s.kernel, s.kernel);
  const auto weight =
      read_back(buffers_.weight, 0, size(s.out_channels) * filter, numerics_.element);
  const auto bias = read_back(buffers_.bias, 0, size(s.out_channels), numerics_.element);
  Comparison comparison;
  for (const std::size_t n : sample_images(images_)) {
    const auto x = read_back(buffers_.x, n * in_size, in_size, numerics_.element);
    const auto y = read_back(buffers_.y, n * out_size, out_size, numerics_.element);
    for (const std::size_t k : sample_indices(out_size, samples)) {
      const int o = static_cast<int>(k % size(s.out_channels));
      const int w = static_cast<int>(k / size(s.out_channels) % size(width));
      const int h = static_cast<int>(k / size(s.out_channels) / size(width));
      double sum = static_cast<double>(bias[size(o)]);
      for (int i = std::max(0, s.padding - h); i < std::min(s.kernel, s.height + s.padding - h);
           ++i) {
        for (int j = std::max(0, s.padding - w); j < std::min(s.kernel, s.width + s.padding - w);
             ++j) {
          const float* from =
              x.data() + size(h + i - s.padding) * in.row + size(w + j - s.padding) * in.column;
          const float* by =
              weight.data() + size(o) * filter + size(i) * tap.row + size(j) * tap.column;
          for (std::size_t c = 0; c < size(s.in_channels); ++c) {
            sum += static_cast<double>(from[c * in.channel]) *
                   static_cast<double>(by[c * tap.channel]);
          }
        }
      }
      const float got = y[size(h) * out.row + size(w) * out.column + size(o) * out.channel];
      comparison.add(static_cast<double>(got), std::max(0.0, sum));
    }
  }
  return comparison.result(name(), numerics_.step_bound);
}

}  // namespace corticast::cuda
