#include "engine/backend/cpu/cnn_core.h"

#include <algorithm>
#include <utility>

#include "engine/image/preprocess.h"
#include "kernels/normalize.h"
#include "kernels/pool2d.h"

namespace corticast::cpu {
namespace {

// The largest activation is block 1's and block 2's output.
std::size_t activation_floats(int channels) {
  const auto side =
      static_cast<std::size_t>(cnn8::conv_side(cnn8::kInputSide, cnn8::kBlocks.front()));
  return side * side * static_cast<std::size_t>(channels);
}

constexpr std::size_t kInputFloats =
    std::size_t{cnn8::kInputSide} * cnn8::kInputSide * cnn8::kInputChannels;

}  // namespace

CnnCore::CnnCore(const Model& model, unsigned threads, kernels::cpu::Isa isa)
    : channels_(model.info().channels),
      normalized_(kInputFloats),
      even_(activation_floats(channels_)),
      odd_(activation_floats(channels_)) {
  std::size_t scratch_bytes = 0;
  int side = cnn8::kInputSide;
  for (const CoreLayer& layer : model.verified_core()) {
    const kernels::Conv2dShape shape{
        layer.in_channels, layer.out_channels, layer.block.kernel, layer.block.padding, side, side};
    const int conv_side = cnn8::conv_side(side, layer.block);
    side = cnn8::pool_side(conv_side, layer.block.pool);
    steps_.push_back(
        {layer.block, kernels::cpu::Conv2d(shape, layer.weight, layer.bias, isa), conv_side, side});
    scratch_bytes =
        std::max(scratch_bytes, kernels::cpu::Conv2d::scratch_bytes(shape, isa, threads));
  }
  scratch_ = AlignedBuffer(scratch_bytes / sizeof(float));
}

const float* CnnCore::run(const std::uint8_t* pixels, const StepObserver& observer) {
  kernels::cpu::normalize_pixels(pixels, std::size_t{cnn8::kInputSide} * cnn8::kInputSide,
                                 normalisation_table().data(), normalized_.data());
  const float* source = normalized_.data();
  if (observer) observer({StepKind::kNormalise, 0, pixels, nullptr, source});
  float* target = even_.data();
  float* other = odd_.data();
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const Step& step = steps_[k];
    step.convolution.run(source, target, scratch_.data());
    if (observer) observer({StepKind::kConvolution, k, nullptr, source, target});
    source = std::exchange(target, std::exchange(other, target));
    if (step.block.pool == cnn8::Pool::kNone) continue;
    const int stride = step.block.pool == cnn8::Pool::kHalve ? 2 : 1;
    kernels::cpu::pool2d_average({channels_, step.conv_side, step.conv_side, stride}, source,
                                 target);
    if (observer) observer({StepKind::kPool, k, nullptr, source, target});
    source = std::exchange(target, std::exchange(other, target));
  }
  return source;
}

std::uint64_t CnnCore::planned_bytes(int channels, unsigned threads, kernels::cpu::Isa isa) {
  std::uint64_t packed = 0;
  std::uint64_t scratch = 0;
  int in_channels = cnn8::kInputChannels;
  int side = cnn8::kInputSide;
  for (const cnn8::Block& block : cnn8::kBlocks) {
    const kernels::Conv2dShape shape{in_channels,   channels, block.kernel,
                                     block.padding, side,     side};
    packed += kernels::cpu::Conv2d::packed_bytes(shape, isa);
    scratch =
        std::max<std::uint64_t>(scratch, kernels::cpu::Conv2d::scratch_bytes(shape, isa, threads));
    side = cnn8::pool_side(cnn8::conv_side(side, block), block.pool);
    in_channels = channels;
  }
  return packed + scratch + (2 * activation_floats(channels) + kInputFloats) * sizeof(float);
}

}  // namespace corticast::cpu
