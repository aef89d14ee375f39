// cuda-roofline: prints kernels/cuda/ROOFLINE.md. Exits with 1 when masks or features of a readout
// are loaded more than 1.15 times per batch of 16.
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "bench/peaks.h"
#include "tests/cuda/roofline.h"
#include "tests/cuda/roofline_run.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kMostReadings = 1.15;  // of masks and features in a batch

struct CardRow {
  const char* profile;
  const char* name;
};
constexpr CardRow kCards[] = {{"t4", "T4"}, {"a100", "A100 80 GB"}, {"h100", "H100 SXM"}};

std::string number(double value, int digits = 3) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  // Without an exponent.
  if (std::string(text).find('e') != std::string::npos) {
    std::snprintf(text, sizeof text, "%.0f", value);
  }
  return text;
}

double loaded(const KernelWork& work) {
  double sum = 0;
  for (const BufferWork& buffer : work.buffers) sum += buffer.loaded;
  return sum;
}
double stored(const KernelWork& work) {
  double sum = 0;
  for (const BufferWork& buffer : work.buffers) sum += buffer.stored;
  return sum;
}
double from_memory(const KernelWork& work) {
  double sum = 0;
  for (const BufferWork& buffer : work.buffers) sum += buffer.from_memory();
  return sum;
}
double floor_of(const KernelWork& work) {
  double sum = 0;
  for (const BufferWork& buffer : work.buffers) sum += buffer.size;
  return sum;
}

// Milliseconds of a batch at the data sheet's rates, and what they go to.
std::string roofline(const KernelWork& work, const std::string& card) {
  const std::string backend = "cuda:0 (" + profile_of(card).name + ",";
  const bench::Peaks plain = bench::datasheet_peaks(backend, Precision::kFp32);
  const bench::Peaks tensor = bench::datasheet_peaks(backend, work.precision);
  struct Part {
    double seconds;
    const char* of;
  };
  const Part parts[] = {
      {work.matrix_multiply_adds > 0 ? 2 * work.matrix_multiply_adds / tensor.flops_per_second : 0,
       "tensor cores"},
      {2 * work.multiply_adds / plain.flops_per_second, "FFMA"},
      {from_memory(work) / plain.bytes_per_second, "memory"}};
  const Part& longest =
      *std::max_element(std::begin(parts), std::end(parts),
                        [](const Part& a, const Part& b) { return a.seconds < b.seconds; });
  return number(longest.seconds * 1e3) + " (" + longest.of + ")";
}

constexpr const char* kIntroduction =
    R"(# What each kernel does for a batch of 16 images, and how long that must take

Made by `cmake --build build --target cuda-roofline-table`. CNN8 at full size: 384 channels, 676 positions,
57,051 rows, one subject. **Computed**; what an H100 measured stands in `MEASURED.md`, and its 16-bit readout, a
kernel of its own (`readout_hopper.cu`), is not in this table. Instructions and bytes are
counted by the simulated device (`tests/cuda_sim`), on the part named and scaled, which is exact: these
kernels do the same for every image, channel or tile of rows (a last tile counts as a whole one). The time is the longest of
multiply-adds at the card's peak, and bytes of its memory at its bandwidth, both from the vendor's data
sheets (`bench/datasheet.cpp`): no kernel can be faster, and real ones are slower.

)";

constexpr const char* kStreaming = R"(## Kernels that pass once over their data

Counted on the simulated A100. Floor: every byte of every buffer once. What is loaded more than once is
loaded by neighbours at the same time (the table of the normalisation; the windows of a pool of stride 1
overlap), so the time counts it once.

| kernel | counted on | multiply-adds, G | loaded, MB | stored, MB | floor, MB | of the floor | T4, ms | A100, ms | H100, ms |
|---|---|---|---|---|---|---|---|---|---|
)";

constexpr const char* kReadouts = R"(
## Readouts

S, F: how often masks and features are loaded per batch, as a multiple of their size; at most 1.15. More
than 1: tiles that do not fill a last round of the multiprocessors are shared by several blocks. X is read
again by every tile of rows and comes from L2 then, like the sums of y that the float32 readout adds to:
that is the L2 traffic, not part of the bytes of memory. Useful: multiply-adds of the formula over those
carried out, which include zeros that fill positions and tiles.

| kernel | card | counted on | multiply-adds, G | useful | S | F | from memory, MB | floor, MB | L2, MB | roofline, ms |
|---|---|---|---|---|---|---|---|---|---|---|
)";

void print_streaming() {
  std::cout << kStreaming;
  for (const KernelWork& work : work_of_streaming_kernels()) {
    const double moved = loaded(work) + stored(work);
    std::cout << "| " << work.launcher << " | " << work.counted << " | "
              << number(work.multiply_adds / 1e9) << " | " << number(loaded(work) / 1e6, 4) << " | "
              << number(stored(work) / 1e6, 4) << " | " << number(floor_of(work) / 1e6, 4) << " | "
              << number(moved / floor_of(work)) << " |";
    for (const CardRow& card : kCards) std::cout << ' ' << roofline(work, card.profile) << " |";
    std::cout << '\n';
  }
}

bool print_readouts() {
  bool holds = true;
  std::cout << kReadouts;
  const double formula = 1.0 * kImages * kRows * kChannels * (kPositions + 1.0);
  for (const CardRow& card : kCards) {
    for (const KernelWork& work : work_of_readouts(card.profile)) {
      double again = 0;
      for (const BufferWork& buffer : work.buffers) again += buffer.again_from_cache();
      const double masks = work.buffers[0].loaded / work.buffers[0].size;
      const double features = work.buffers[1].loaded / work.buffers[1].size;
      const double all = work.multiply_adds + work.matrix_multiply_adds;
      holds = holds && masks <= kMostReadings && features <= kMostReadings;
      std::cout << "| " << work.launcher << " | " << card.name << " | " << work.counted << " | "
                << number(all / 1e9, 4) << " | " << number(100 * formula / all) << " % | "
                << number(masks, 4) << " | " << number(features, 4) << " | "
                << number(from_memory(work) / 1e6, 4) << " | " << number(floor_of(work) / 1e6, 4)
                << " | " << number(again / 1e6, 4) << " | " << roofline(work, card.profile)
                << " |\n";
    }
  }
  return holds;
}

}  // namespace

int main() {
  try {
    std::cout << kIntroduction;
    print_streaming();
    if (print_readouts()) return 0;
    std::cerr << "masks or features are loaded more than " << kMostReadings << " times a batch\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  return 1;
}
