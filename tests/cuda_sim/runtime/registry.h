// What the objects that nvcc made have registered before main: fat binaries, kernels, variables.
// Lives as long as the process (or the loaded library), across resets of the devices.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/cuda_sim/runtime/fat_binary.h"

namespace cuda_sim::runtime {

struct FatBinary {
  std::vector<FatEntry> entries;
  std::string error;  // why the container could not be read; empty: it could
};

// A cudaKernel_t points at one.
struct RegisteredKernel {
  FatBinary* binary = nullptr;
  std::string name;  // mangled
  const void* host = nullptr;
};

struct RegisteredVariable {
  FatBinary* binary = nullptr;
  std::string name;
  std::uint64_t bytes = 0;
};

class Registry {
 public:
  static Registry& instance();

  FatBinary* add_binary(const void* wrapper);
  void remove_binary(FatBinary* binary);
  void add_kernel(FatBinary* binary, const void* host, const char* name);
  void add_variable(FatBinary* binary, const void* host, const char* name, std::uint64_t bytes);

  // By the address of the host stub, or by a pointer to the RegisteredKernel itself (the two that
  // cudaLaunchKernel takes); null: unknown.
  const RegisteredKernel* kernel(const void* symbol) const;
  const RegisteredVariable* variable(const void* symbol) const;
  // Valid until their object is unloaded.
  std::vector<const RegisteredKernel*> kernels() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<FatBinary>> binaries_;
  std::unordered_map<const void*, std::unique_ptr<RegisteredKernel>> kernels_;
  std::unordered_map<const void*, const RegisteredKernel*> handles_;
  std::unordered_map<const void*, std::unique_ptr<RegisteredVariable>> variables_;
};

}  // namespace cuda_sim::runtime
