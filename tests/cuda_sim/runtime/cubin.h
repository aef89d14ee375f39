// What an ELF image of machine code says of its kernels.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace cuda_sim::runtime {

struct KernelCode {
  std::uint32_t registers = 0;      // per thread
  std::uint32_t stack_bytes = 0;    // of local memory per thread: arrays, spilled registers, calls
  std::uint32_t shared_bytes = 0;   // static, per block
  std::uint32_t block_threads = 0;  // of __launch_bounds__; 0: none given
  std::string instructions;         // 16 bytes each
};

// By mangled name. Empty when the image is not laid out as nvcc 12 and 13 do it.
std::map<std::string, KernelCode> kernels_in(const std::string& image);

}  // namespace cuda_sim::runtime
