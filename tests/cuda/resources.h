// What ptxas made of the CUDA kernels: registers, shared memory, local memory, the units that
// multiply; and how many blocks of them fit on a multiprocessor.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/device.h"

namespace corticast::test {

// The card whose numbers stand for an architecture, a file of tests/data/device_profiles: one of
// the architectures that the kernels are compiled to.
struct Representative {
  std::uint32_t sm;
  std::string profile;
  std::string name;
};
const std::vector<Representative>& representatives();

// A kernel's name without its namespaces, result and parameters.
std::string short_kernel_name(const std::string& demangled);

// How a launcher of kernels.h used a kernel on a card.
struct Use {
  std::string launcher;
  std::uint32_t block_threads = 0;
  std::uint32_t dynamic_shared = 0;  // bytes
};
// Calls every launcher on the simulated card, with shapes that reach every kernel. By demangled
// name. Throws std::runtime_error for a launcher that fails where it should not, and for anything
// that the simulated device reports.
std::map<std::string, Use> use_every_kernel(const cuda_sim::Profile& card);

struct Resources {
  std::string kernel;
  std::string mangled;
  std::uint32_t sm = 0;
  std::string card;
  std::string launcher;  // empty: this card never runs this kernel
  std::uint32_t registers = 0;
  std::uint32_t static_shared = 0;
  std::uint32_t dynamic_shared = 0;
  std::uint32_t stack_bytes = 0;
  std::uint32_t block_threads = 0;
  int blocks = 0;     // at once on a multiprocessor
  int occupancy = 0;  // per cent of the threads that a multiprocessor holds
  // Instructions in the code, not executed ones.
  std::uint64_t tensor_core = 0;     // HMMA
  std::uint64_t fused_multiply = 0;  // FFMA
  std::uint64_t local_accesses = 0;  // LDL, STL
};
// Of all kernels in this program, by kernel, then architecture.
std::vector<Resources> resources_of_kernels();

// What must hold whatever the compiler's version: no local memory, tensor cores where they are
// meant to be and only there, every kernel used on some card. One line for each that does not.
std::vector<std::string> broken_rules(const std::vector<Resources>& all);

}  // namespace corticast::test
