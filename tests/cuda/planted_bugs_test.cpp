// Bugs planted in the kernels that ship, by editing their PTX: the checks that vouch for these
// kernels must notice when they break. Without the edit the same runs report nothing.
#include <utility>

#include "kernels/cuda/kernels.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/planted.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;
using cuda_sim::Fault;

namespace {

std::vector<float> floats(std::size_t count) {
  Random random(count);
  return random.floats(count);
}

void normalize() {
  const OnDevice<std::uint8_t> x(std::vector<std::uint8_t>(2 * 1100 * 3, 7));
  const OnDevice<float> table(floats(768));
  const OnDevice<float> y(std::size_t{2} * 1100 * 3);
  kernels::cuda::normalize_pixels(x.get(), 2, 1100, table.get(), y.get(), nullptr);
  cudaDeviceSynchronize();
}

void pool() {
  const kernels::cuda::PoolShape shape{2, 3, 8, 10, 2};
  const OnDevice<float> x(floats(std::size_t{2} * 3 * 8 * 10));
  const OnDevice<float> y(std::size_t{2} * 3 * 4 * 5);
  kernels::cuda::pool2d_average(shape, x.get(), y.get(), nullptr);
  cudaDeviceSynchronize();
}

void pool_channels_last() {
  const kernels::cuda::PoolShape shape{1, 40, 9, 9, 1};
  const OnDevice<float> x(floats(std::size_t{40} * 9 * 9));
  const OnDevice<float> y(std::size_t{40} * 8 * 8);
  kernels::cuda::pool2d_average_to_channels_last(shape, x.get(), y.get(), nullptr);
  cudaDeviceSynchronize();
}

void readout() {
  constexpr std::size_t kImages = 3, kRows = 50, kPositions = 100, kChannels = 200;
  const OnDevice<float> spatial(floats(kRows * kPositions));
  const OnDevice<float> features(floats(kRows * kChannels));
  const OnDevice<float> bias(floats(kRows));
  const OnDevice<float> x(floats(kImages * kPositions * kChannels));
  const OnDevice<float> y(kImages * kRows);
  kernels::cuda::readout({kImages, kRows, kPositions, kChannels, 1}, spatial.get(), features.get(),
                         bias.get(), x.get(), y.get(), nullptr);
  cudaDeviceSynchronize();
}

void scatter() {
  std::vector<std::uint32_t> source(300, kernels::cuda::kNoSource);
  for (std::uint32_t i = 0; i < 100; ++i) source[3 * i] = i;
  const OnDevice<float> x(floats(200));
  const OnDevice<std::uint32_t> from(source);
  const OnDevice<float> y(600);
  kernels::cuda::scatter_columns(x.get(), 2, 100, from.get(), 300, y.get(), nullptr);
  cudaDeviceSynchronize();
}

constexpr auto kHalf = kernels::cuda::Element::kFloat16;

// All of them 1.
OnDevice<std::uint16_t> halves(std::size_t count) {
  return OnDevice<std::uint16_t>(std::vector<std::uint16_t>(count, 0x3c00));
}

OnDevice<unsigned long long> counter() {
  return OnDevice<unsigned long long>(std::vector<unsigned long long>{0});
}

void normalize_channels_last() {
  const OnDevice<std::uint8_t> x(std::vector<std::uint8_t>(2 * 1100 * 3, 7));
  const OnDevice<float> table(floats(768));
  const OnDevice<std::uint16_t> y(std::size_t{2} * 1100 * 8);
  kernels::cuda::normalize_pixels_channels_last(x.get(), 2, 1100, table.get(), kHalf, y.get(),
                                                nullptr);
  cudaDeviceSynchronize();
}

void pool_pieces() {
  const kernels::cuda::PoolShape shape{2, 40, 9, 9, 2};
  const auto x = halves(std::size_t{2} * 40 * 9 * 9);
  const OnDevice<std::uint16_t> y(std::size_t{2} * 40 * 4 * 4);
  const auto bad = counter();
  kernels::cuda::pool2d_average_channels_last(shape, kHalf, x.get(), 16, y.get(), bad.get(),
                                              nullptr);
  cudaDeviceSynchronize();
}

void count() {
  const auto x = halves(9000);
  const auto bad = counter();
  kernels::cuda::count_non_finite(kHalf, x.get(), 9000, bad.get(), nullptr);
  cudaDeviceSynchronize();
}

void convert_rows() {
  const OnDevice<float> x(floats(std::size_t{10} * 60));
  const OnDevice<std::uint16_t> y(std::size_t{10} * 64);
  const auto lost = counter();
  kernels::cuda::convert_rows(x.get(), 10, 60, 64, kHalf, y.get(), lost.get(), nullptr);
  cudaDeviceSynchronize();
}

void convert_filters() {
  const OnDevice<float> x(floats(std::size_t{2} * 10 * 81));
  const OnDevice<std::uint16_t> y(std::size_t{2} * 16 * 81);
  const auto lost = counter();
  kernels::cuda::convert_filters(x.get(), 2, 10, 9, 16, kHalf, y.get(), lost.get(), nullptr);
  cudaDeviceSynchronize();
}

void reduce() {
  const OnDevice<float> z(floats(std::size_t{5} * 12 * 40));
  const auto features = halves(std::size_t{12} * 40);
  const OnDevice<float> bias(floats(12));
  const OnDevice<float> y(std::size_t{5} * 12);
  kernels::cuda::reduce_channels(5, 12, 40, kHalf, z.get(), features.get(), bias.get(), y.get(), 12,
                                 nullptr);
  cudaDeviceSynchronize();
}

void gather_planes() {
  const OnDevice<float> x(floats(std::size_t{2} * 3 * 1100));
  const OnDevice<std::uint16_t> y(std::size_t{2} * 1100 * 8);
  const auto lost = counter();
  kernels::cuda::planes_to_channels_last(x.get(), 2, 1100, kHalf, y.get(), lost.get(), nullptr);
  cudaDeviceSynchronize();
}

// Of the kernels whose channels lie last.
std::vector<Bug> channels_last_bugs() {
  using namespace cuda_sim::bugs;
  const std::string whole = kernel_place("normalize.cu", "thread * 16 + 16 <= count * 3");
  const std::string rest = kernel_place("count.cu", "rest < size");
  const std::string padding = kernel_place("convert.cu", "column < padded");
  const std::string row = kernel_place("reduce.cu", "row >= rows");
  const std::string pixel = kernel_place("planes.cu", "pixel < pixels");
  return {
      {"pixels and table used before they are there",
       "normalize_channels_lastI6__half",
       {remove({"bar.sync", 0})},
       normalize_channels_last,
       Fault::kBlockRace,
       "normalize.cu"},
      {"whole pieces where pixels end",
       "normalize_channels_lastI6__half",
       {remove({"bra", 0, whole})},
       normalize_channels_last,
       Fault::kGlobalBounds,
       "normalize.cu"},
      {"a pixel too many",
       "gather_planesI6__half",
       {replace({"setp.ge", 0, pixel}, "setp.ge", "setp.gt")},
       gather_planes,
       Fault::kGlobalBounds,
       "planes.cu"},
      {"piece not aligned",
       "pool_piecesI6__halfLi2",
       {shift_address({"ld.global.nc.v4", 0}, 4)},
       pool_pieces,
       Fault::kMisaligned,
       "element.cuh"},
      {"a piece too far",
       "pool_piecesI6__halfLi2",
       {shift_address({"st.global.v4", 0}, 16)},
       pool_pieces,
       Fault::kGlobalBounds,
       "element.cuh"},
      {"threads without work leave before the sum over the block",
       "pool_piecesI6__halfLi2",
       {return_where({"bar.red", 0}, "%tid.x", "ge", 100)},
       pool_pieces,
       Fault::kEarlyExit,
       "counter.cuh"},
      {"one more than there is",
       "count_piecesI6__half",
       {replace({"setp.ge", 0, rest}, "setp.ge", "setp.gt")},
       count,
       Fault::kGlobalBounds,
       "count.cu"},
      {"padding one too wide",
       "round_rowsI6__halfLi4",
       {replace({"setp.ge", 0, padding}, "setp.ge", "setp.gt")},
       convert_rows,
       Fault::kGlobalBounds,
       "element.cuh"},
      {"filters used before they are there",
       "turn_filtersI6__half",
       {remove({"bar.sync", 0})},
       convert_filters,
       Fault::kBlockRace,
       "convert.cu"},
      {"filters never there",
       "turn_filtersI6__half",
       {remove({"st.shared", kEvery})},
       convert_filters,
       Fault::kUninitialised,
       "convert.cu"},
      {"a row too far",
       "reduce_rowsI6__half",
       {replace({"setp.ge", 0, row}, "setp.ge", "setp.gt")},
       reduce,
       Fault::kGlobalBounds,
       "element.cuh"},
      {"lanes without channels leave before the sum",
       "reduce_rowsI6__half",
       {return_where({"shfl.sync", 0}, "%laneid", "ge", 10)},
       reduce,
       Fault::kInactiveLane,
       "reduce.cu"},
  };
}

std::vector<Bug> bugs() {
  using namespace cuda_sim::bugs;
  const std::string tail = kernel_place("scatter.cu", "if (column >= columns) return;");
  return {
      {"tail off by one",
       "gather_columns",
       {replace({"setp", 0, tail}, "setp.ge", "setp.gt")},
       scatter,
       Fault::kGlobalBounds,
       "scatter.cu"},
      {"a column too far",
       "gather_columns",
       {shift_address({"st.global", 0}, 4)},
       scatter,
       Fault::kGlobalBounds,
       "scatter.cu"},
      {"table used before it is there",
       "normalize_four",
       {remove({"bar.sync", 0})},
       normalize,
       Fault::kBlockRace,
       "normalize.cu"},
      {"half of each warp skips the barrier", "normalize_four",
       only_where({"bar.sync", 0}, "%laneid", "lt", 16), normalize, Fault::kEarlyExit,
       "normalize.cu"},
      {"pair not aligned",
       "pool_planesILb1",
       {shift_address({"ld.global.v2", 0}, 4)},
       pool,
       Fault::kMisaligned,
       "pool2d.cu"},
      {"tile used before it is there",
       "pool_channels_last",
       {remove({"bar.sync", 0})},
       pool_channels_last,
       Fault::kBlockRace,
       "pool2d.cu"},
      {"tile never filled",
       "pool_channels_last",
       {remove({"st.shared", 0})},
       pool_channels_last,
       Fault::kUninitialised,
       "pool2d.cu"},
      {"no barrier between pieces of the image",
       "fused_readoutILi4",
       {remove({"bar.sync", 0})},
       readout,
       Fault::kBlockRace,
       "readout.cu"},
      {"no barrier before the sum over warps",
       "fused_readoutILi4",
       {remove({"bar.sync", 1})},
       readout,
       Fault::kBlockRace,
       "readout.cu"},
      {"waits for one group too few",
       "fused_readoutILi4",
       {replace({"cp.async.wait_group", 0}, "wait_group 0", "wait_group 1")},
       readout,
       Fault::kAsyncHazard,
       "readout.cu",
       80},
      {"a row too far",
       "fused_readoutILi4",
       {shift_address({"st.global", 0}, 4)},
       readout,
       Fault::kGlobalBounds,
       "readout.cu"},
  };
}

void check_bugs(const std::vector<Bug>& bugs) {
  const std::vector<std::pair<std::string, std::uint32_t>> cards = {
      {"t4", 75}, {"a100", 80}, {"h100", 90}};
  for (const Bug& bug : bugs) {
    for (const auto& [card, sm] : cards) {
      if (sm >= bug.least_sm) check_reported(bug, card);
    }
  }
}

}  // namespace

TEST_CASE("bugs planted in the kernels that ship are reported in their file") {
  check_bugs(bugs());
}

TEST_CASE("bugs planted in the kernels whose channels lie last are reported in their file") {
  check_bugs(channels_last_bugs());
}
