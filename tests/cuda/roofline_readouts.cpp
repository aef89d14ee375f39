// The readouts: what a block does is a + b * images for each buffer (a: masks and features, read
// once; b: the rest). Both are counted on one tile of rows, and the schedule of the whole problem
// says how many blocks have how many images. The last tile counts as a whole one.
#include <cmath>
#include <stdexcept>

#include "kernels/cuda/kernels.h"
#include "kernels/cuda/readout_tensor_plan.h"
#include "tests/cuda/roofline.h"
#include "tests/cuda/roofline_run.h"

namespace corticast::test {
namespace {

using namespace kernels::cuda;

struct Whole {
  double blocks = 0;  // of the whole problem
  double images = 0;  // of all blocks together
};

// launch(images, rows, buffers)
using Launch = std::function<cudaError_t(std::size_t, std::size_t, const std::vector<void*>&)>;

struct Problem {
  std::size_t positions;
  std::size_t element_bytes;
};

std::vector<std::size_t> sizes_of(const Problem& problem, std::size_t images, std::size_t rows) {
  const std::size_t bytes = problem.element_bytes;
  return {rows * problem.positions * bytes, rows * kChannels * bytes, rows * 4,
          images * problem.positions * kChannels * bytes, images * rows * 4};
}

KernelWork scale(const std::string& card, const Problem& problem, std::size_t tile_rows,
                 const Whole& whole, const Launch& launch) {
  const auto run = [&](std::size_t images) {
    return run_once(card, sizes_of(problem, images, tile_rows),
                    [&](const auto& buffers) { return launch(images, tile_rows, buffers); });
  };
  const Launched two = run(2);
  const Launched four = run(4);
  const Launched six = run(6);
  // From counts at 2, 4 and 6 images to the whole problem.
  const auto extend = [&](auto value_of) {
    const auto at2 = static_cast<double>(value_of(two));
    const auto at4 = static_cast<double>(value_of(four));
    const auto at6 = static_cast<double>(value_of(six));
    if (at6 - at4 != at4 - at2) throw std::runtime_error(two.kernel + ": not linear in the images");
    const double per_image = (at4 - at2) / 2;
    return (at2 - 2 * per_image) * whole.blocks + per_image * whole.images;
  };
  KernelWork work;
  work.card = card;
  work.counted = "one tile of " + std::to_string(tile_rows) + " rows";
  work.multiply_adds = extend([](const Launched& l) { return l.counts.multiply_adds; });
  work.matrix_multiply_adds =
      extend([](const Launched& l) { return l.counts.matrix_multiply_adds; });
  const char* const names[] = {"S", "F", "bias", "X", "y"};
  const std::vector<std::size_t> sizes = sizes_of(problem, kImages, kRows);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    BufferWork buffer;
    buffer.name = names[i];
    buffer.size = static_cast<double>(sizes[i]);
    buffer.loaded = extend([&](const Launched& l) { return l.buffers[i].loaded; });
    buffer.stored = extend([&](const Launched& l) { return l.buffers[i].stored; });
    buffer.shared = i >= 2;
    work.buffers.push_back(buffer);
  }
  return work;
}

KernelWork float_readout(const std::string& card) {
  constexpr std::size_t kTileRows = 48;
  const double tiles = std::ceil(1.0 * kRows / kTileRows);
  // With more tiles than multiprocessors each block has all images.
  KernelWork work = scale(
      card, {kPositions, 4}, kTileRows, {tiles, tiles * kImages},
      [](std::size_t images, std::size_t rows, const auto& b) {
        return readout({images, rows, kPositions, kChannels, 1}, static_cast<const float*>(b[0]),
                       static_cast<const float*>(b[1]), static_cast<const float*>(b[2]),
                       static_cast<const float*>(b[3]), static_cast<float*>(b[4]), nullptr);
      });
  work.launcher = "readout, float32";
  return work;
}

const tensor::Tile& tile_of(const std::string& kernel) {
  if (kernel.find("tall") != std::string::npos) return tensor::kTall;
  if (kernel.find("turing") != std::string::npos) return tensor::kTuring;
  return kernel.find("tf32") != std::string::npos ? tensor::kWideFloat : tensor::kWide;
}

KernelWork tensor_readout(const std::string& card, Element element) {
  const cuda_sim::Profile profile = profile_of(card);
  const Card how{static_cast<int>(profile.sm), static_cast<int>(profile.multiprocessors),
                 profile.shared_per_block_optin};
  const Problem problem{static_cast<std::size_t>(padded_positions(kPositions)), bytes_of(element)};
  const Launch launch = [&](std::size_t images, std::size_t rows, const auto& b) {
    return readout_tensor({images, rows, kPositions, kChannels, 1},
                          {how.compute_capability, 1, how.shared_bytes_per_block}, element, b[0],
                          b[1], static_cast<const float*>(b[2]), b[3], static_cast<float*>(b[4]),
                          nullptr);
  };
  const std::string kernel = run_once(card, sizes_of(problem, 1, 1), [&](const auto& b) {
                               return launch(1, 1, b);
                             }).kernel;
  const tensor::Tile& tile = tile_of(kernel);
  const auto tile_rows = static_cast<std::size_t>(tile.rows);
  const tensor::Schedule schedule = tensor::schedule(tile, kRows, kImages, how.multiprocessors);
  const double tiles = std::ceil(1.0 * kRows / tile.rows);
  KernelWork work = scale(card, problem, tile_rows,
                          {static_cast<double>(schedule.blocks), tiles * kImages}, launch);
  const char* const names[] = {"TF32", "float16", "bfloat16"};
  work.launcher = std::string("readout_tensor, ") + names[static_cast<int>(element)];
  work.precision = element == Element::kFloat32 ? Precision::kTf32 : Precision::kFp16;
  return work;
}

}  // namespace

std::vector<KernelWork> work_of_readouts(const std::string& card) {
  std::vector<KernelWork> all = {float_readout(card), tensor_readout(card, Element::kFloat16)};
  if (profile_of(card).sm >= 80) {
    all.push_back(tensor_readout(card, Element::kBfloat16));
    all.push_back(tensor_readout(card, Element::kFloat32));
  }
  return all;
}

}  // namespace corticast::test
