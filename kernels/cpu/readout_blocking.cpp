#include "kernels/cpu/readout_blocking.h"

#include <omp.h>

#include <algorithm>

#include "kernels/cpu/isa_kernels.h"

namespace corticast::kernels::cpu {
namespace {

constexpr std::size_t kBlocksPerThread = 8;
// Fewer rows would wait for the image's next stretch instead of computing.
constexpr std::size_t kFewestRows = 24;

}  // namespace

std::size_t readout_block_rows(std::size_t rows) {
  const std::size_t blocks = static_cast<std::size_t>(omp_get_max_threads()) * kBlocksPerThread;
  const std::size_t share = (rows + blocks - 1) / blocks;
  const std::size_t whole_tiles = (share + kReadoutTile - 1) / kReadoutTile * kReadoutTile;
  return std::clamp(whole_tiles, kFewestRows, ReadoutBlock::kRows);
}

}  // namespace corticast::kernels::cpu
