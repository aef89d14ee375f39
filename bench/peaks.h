// The most that a device can do, to hold measured speeds against.
#pragma once

#include <string>

#include "engine/backend/method.h"

namespace corticast::bench {

// Whether a backend of this name (Backend::name()) is one device and not several behind one face.
bool is_one_device(const std::string& backend_name);

// 0: unknown.
struct Peaks {
  double flops_per_second = 0;
  double bytes_per_second = 0;  // of the device's memory
};

// What the vendor states for a card, nothing measured. backend_name: Backend::name(), which has the
// card's name in brackets. Unknown cards, several cards and simulated ones have no peaks.
// Dense rates with float32 sums; fp32 and fp32-strict: without tensor cores.
Peaks datasheet_peaks(const std::string& backend_name, Precision precision);

// Measured on this machine: the best of many short rounds of a loop of multiply-adds in registers,
// in the instruction set that the kernels use (chosen_isa()), and of reading 256 MiB in turns, all
// threads at once. Takes half a second, or up to two on a busy machine.
Peaks measure_cpu_peaks(unsigned threads);

}  // namespace corticast::bench
