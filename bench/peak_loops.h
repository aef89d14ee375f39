// The loops behind measure_cpu_peaks, one copy per instruction set (peak_loops.cpp).
#pragma once

#include <cstddef>

namespace corticast::bench {

inline constexpr std::size_t kReadStep = 256;

struct PeakLoops {
  // `rounds` times a fixed number of independent multiply-adds. The result depends on all of them.
  float (*multiply_add)(std::size_t rounds, float factor, float term);
  std::size_t flops_per_round;  // 2 for each multiply-add
  // Reads every one of `floats` (a multiple of kReadStep) values. The result depends on all of
  // them.
  float (*read)(const float* values, std::size_t floats);
};

}  // namespace corticast::bench
