#include "engine/backend/cpu/core_plan.h"

#include "engine/model/cnn8.h"

namespace corticast::cpu {
namespace {

std::size_t volume(int height, int width, int channels) {
  return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
         static_cast<std::size_t>(channels);
}

struct OutputFloats {
  std::size_t operator()(const DirectStage& s) const {
    return volume(s.shape.out_height(), s.shape.out_width(), s.shape.out_channels);
  }
  std::size_t operator()(const WinogradStage& s) const {
    const int part = s.halve ? 2 : 1;
    return volume(s.shape.out_height() / part, s.shape.out_width() / part, s.shape.out_channels);
  }
  std::size_t operator()(const PoolStage& s) const {
    return volume(s.shape.out_height(), s.shape.out_width(), s.shape.channels);
  }
};

}  // namespace

std::vector<CoreStage> core_plan(int channels, Precision precision) {
  std::vector<CoreStage> plan;
  int in_channels = cnn8::kInputChannels;
  int side = cnn8::kInputSide;
  for (std::size_t k = 0; k < cnn8::kBlocks.size(); ++k) {
    const cnn8::Block& block = cnn8::kBlocks[k];
    const kernels::Conv2dShape shape{in_channels,   channels, block.kernel,
                                     block.padding, side,     side};
    const bool winograd = precision != Precision::kFp32Strict && k > 0;
    const bool fused = winograd && block.pool == cnn8::Pool::kHalve;
    if (winograd) {
      plan.emplace_back(WinogradStage{k, shape, fused});
    } else {
      plan.emplace_back(DirectStage{k, shape});
    }
    if (block.pool != cnn8::Pool::kNone && !fused) {
      plan.emplace_back(PoolStage{k,
                                  {channels, shape.out_height(), shape.out_width(),
                                   block.pool == cnn8::Pool::kHalve ? 2 : 1}});
    }
    side = cnn8::pool_side(cnn8::conv_side(side, block), block.pool);
    in_channels = channels;
  }
  return plan;
}

std::size_t output_floats(const CoreStage& stage) {
  return std::visit(OutputFloats{}, stage);
}

}  // namespace corticast::cpu
