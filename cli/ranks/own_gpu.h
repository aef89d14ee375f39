// Which GPU is whose where several processes of one machine compute.
#pragma once

#include <string>

namespace corticast::cli {

// What process `index` of those on its machine that see the same GPUs should have in
// CUDA_VISIBLE_DEVICES, given what is there (null: not set) and how many GPUs the machine has: one
// of them, in turn. Empty where there is no choice.
std::string gpu_of_process(unsigned index, const char* visible, unsigned installed);

// GPUs of this machine by the files in /dev, without starting CUDA.
unsigned installed_gpus();

}  // namespace corticast::cli
