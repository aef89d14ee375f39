// Kernels that pass once over their data: counted on a part and multiplied, because every item
// costs the same.
#include "kernels/cuda/kernels.h"
#include "tests/cuda/roofline.h"
#include "tests/cuda/roofline_run.h"

namespace corticast::test {
namespace {

using namespace kernels::cuda;

constexpr const char* kCard = "a100";
constexpr int kSide = 224;
constexpr std::size_t kPixels = std::size_t{kSide} * kSide;
constexpr int kMapSide = 222;
constexpr int kSomeChannels = 48;
constexpr std::size_t kSomeRows = 256;
constexpr std::size_t kColumns = 91282;

struct Buffer {
  std::string name;
  std::size_t bytes;
};
using Launch = std::function<cudaError_t(const std::vector<void*>&)>;

// times: the whole batch over the part that is counted.
KernelWork count(const std::string& launcher, const std::string& counted, double times,
                 const std::vector<Buffer>& buffers, const Launch& launch) {
  std::vector<std::size_t> sizes;
  for (const Buffer& buffer : buffers) sizes.push_back(buffer.bytes);
  const Launched run = run_once(kCard, sizes, launch);
  KernelWork work;
  work.launcher = launcher;
  work.counted = counted;
  work.multiply_adds = times * static_cast<double>(run.counts.multiply_adds);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    work.buffers.push_back({buffers[i].name, times * static_cast<double>(sizes[i]),
                            times * static_cast<double>(run.buffers[i].loaded),
                            times * static_cast<double>(run.buffers[i].stored)});
  }
  return work;
}

template <class T = float>
const T* in(const void* buffer) {
  return static_cast<const T*>(buffer);
}
float* out(void* buffer) {
  return static_cast<float*>(buffer);
}
auto* counter(void* buffer) {
  return static_cast<unsigned long long*>(buffer);
}
std::string name(const char* launcher, Element element) {
  return std::string(launcher) + (element == Element::kFloat32 ? ", float32" : ", 16 bits");
}

constexpr double kMapPart = 1.0 * kImages * kChannels / kSomeChannels;
constexpr std::size_t kMap = std::size_t{kSomeChannels} * kMapSide * kMapSide;
constexpr std::size_t kHalfMap = kMap / 4;
const std::string kMapCounted = "1 image, 48 of 384 channels";

void add_planes(std::vector<KernelWork>* all) {
  all->push_back(count(
      "normalize_pixels", "1 image", kImages,
      {{"pixels", kPixels * 3}, {"table", 3072}, {"y", kPixels * 12}}, [](const auto& b) {
        return normalize_pixels(in<std::uint8_t>(b[0]), 1, kPixels, in(b[1]), out(b[2]), nullptr);
      }));
  all->push_back(count("pool2d_average (first pool)", kMapCounted, kMapPart,
                       {{"x", 4 * kMap}, {"y", 4 * kHalfMap}}, [](const auto& b) {
                         return pool2d_average({1, kSomeChannels, kMapSide, kMapSide, 2}, in(b[0]),
                                               out(b[1]), nullptr);
                       }));
  constexpr std::size_t kLast = std::size_t{kSomeChannels} * 27 * 27;
  all->push_back(count("pool2d_average_to_channels_last (last pool)", kMapCounted, kMapPart,
                       {{"x", 4 * kLast}, {"y", std::size_t{4} * kSomeChannels * 676}},
                       [](const auto& b) {
                         return pool2d_average_to_channels_last({1, kSomeChannels, 27, 27, 1},
                                                                in(b[0]), out(b[1]), nullptr);
                       }));
  all->push_back(
      count("scatter_columns", "1 image", kImages,
            {{"x", std::size_t{4} * kRows}, {"source", 4 * kColumns}, {"y", 4 * kColumns}},
            [](const auto& b) {
              // Every vertex once, in order, and the other columns without a source.
              std::vector<std::uint32_t> source(kColumns, kNoSource);
              for (std::uint32_t i = 0; i < kRows; ++i) source[i] = i;
              cudaMemcpy(b[1], source.data(), 4 * kColumns, cudaMemcpyHostToDevice);
              return scatter_columns(in(b[0]), 1, kRows, in<std::uint32_t>(b[1]), kColumns,
                                     out(b[2]), nullptr);
            }));
}

void add_channels_last(Element element, std::vector<KernelWork>* all) {
  const std::size_t bytes = bytes_of(element);
  all->push_back(
      count(name("normalize_pixels_channels_last", element), "1 image", kImages,
            {{"pixels", kPixels * 3}, {"table", 3072}, {"y", kPixels * kInputChannels * bytes}},
            [&](const auto& b) {
              return normalize_pixels_channels_last(in<std::uint8_t>(b[0]), 1, kPixels, in(b[1]),
                                                    element, b[2], nullptr);
            }));
  all->push_back(count(
      name("planes_to_channels_last", element), "1 image", kImages,
      {{"planes", kPixels * 12}, {"y", kPixels * kInputChannels * bytes}, {"count", 8}},
      [&](const auto& b) {
        return planes_to_channels_last(in(b[0]), 1, kPixels, element, b[1], counter(b[2]), nullptr);
      }));
  all->push_back(
      count(name("pool2d_average_channels_last (first pool)", element), kMapCounted, kMapPart,
            {{"x", bytes * kMap}, {"y", bytes * kHalfMap}, {"count", 8}}, [&](const auto& b) {
              return pool2d_average_channels_last({1, kSomeChannels, kMapSide, kMapSide, 2},
                                                  element, b[0], kHalfMap / kSomeChannels, b[1],
                                                  counter(b[2]), nullptr);
            }));
  all->push_back(count(name("count_non_finite (first map)", element), kMapCounted, kMapPart,
                       {{"x", bytes * kMap}, {"count", 8}}, [&](const auto& b) {
                         return count_non_finite(element, b[0], kMap, counter(b[1]), nullptr);
                       }));
  constexpr double kRowsPart = 1.0 * kRows / kSomeRows;
  constexpr std::size_t kWidth = kSomeRows * kChannels;
  all->push_back(count(name("reduce_channels", element), "1 image, 256 of 57,051 rows",
                       kImages * kRowsPart,
                       {{"z", 4 * kWidth},
                        {"features", bytes * kWidth},
                        {"bias", 4 * kSomeRows},
                        {"y", 4 * kSomeRows}},
                       [&](const auto& b) {
                         return reduce_channels(1, kSomeRows, kChannels, element, in(b[0]), b[1],
                                                in(b[2]), out(b[3]), kSomeRows, nullptr);
                       }));
  const auto padded = static_cast<std::size_t>(padded_positions(kPositions));
  all->push_back(
      count(name("convert_rows (masks, at load)", element), "256 of 57,051 rows", kRowsPart,
            {{"x", 4 * kSomeRows * kPositions}, {"y", bytes * kSomeRows * padded}, {"count", 8}},
            [&](const auto& b) {
              return convert_rows(in(b[0]), kSomeRows, kPositions, padded, element, b[1],
                                  counter(b[2]), nullptr);
            }));
  constexpr std::size_t kFilters = std::size_t{8} * kChannels * 25;
  all->push_back(count(
      name("convert_filters (second layer, at load)", element), "8 of 384 filters", kChannels / 8.0,
      {{"x", 4 * kFilters}, {"y", bytes * kFilters}, {"count", 8}}, [&](const auto& b) {
        return convert_filters(in(b[0]), 8, kChannels, 5, kChannels, element, b[1], counter(b[2]),
                               nullptr);
      }));
}

}  // namespace

std::vector<KernelWork> work_of_streaming_kernels() {
  std::vector<KernelWork> all;
  add_planes(&all);
  add_channels_last(Element::kFloat32, &all);
  add_channels_last(Element::kFloat16, &all);
  return all;
}

}  // namespace corticast::test
