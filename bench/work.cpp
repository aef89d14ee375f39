#include "bench/work.h"

#include "engine/model/cnn8.h"

namespace corticast::bench {

std::uint64_t block_macs(std::size_t block, int channels) {
  int side = cnn8::kInputSide;
  for (std::size_t b = 0; b < block; ++b) {
    side = cnn8::pool_side(cnn8::conv_side(side, cnn8::kBlocks.at(b)), cnn8::kBlocks.at(b).pool);
  }
  const auto out = static_cast<std::uint64_t>(cnn8::conv_side(side, cnn8::kBlocks.at(block)));
  const auto kernel = static_cast<std::uint64_t>(cnn8::kBlocks.at(block).kernel);
  const auto width = static_cast<std::uint64_t>(channels);
  const std::uint64_t inputs = block == 0 ? std::uint64_t{cnn8::kInputChannels} : width;
  return out * out * width * inputs * kernel * kernel;
}

std::uint64_t core_macs(int channels) {
  std::uint64_t sum = 0;
  for (std::size_t b = 0; b < cnn8::kBlocks.size(); ++b) sum += block_macs(b, channels);
  return sum;
}

std::uint64_t readout_macs(int channels, std::size_t rows) {
  return rows * static_cast<std::uint64_t>(channels) * (std::uint64_t{cnn8::kPositions} + 1);
}

double network_flops(int channels, std::size_t rows, std::size_t targets) {
  return 2.0 * static_cast<double>(core_macs(channels) + targets * readout_macs(channels, rows));
}

}  // namespace corticast::bench
