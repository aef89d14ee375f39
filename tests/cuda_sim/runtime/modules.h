// PTX of registered fat binaries, parsed once per process and loaded per device: variables get
// memory, kernels are decoded when first asked for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/cuda_sim/machine/device.h"
#include "tests/cuda_sim/runtime/registry.h"

namespace cuda_sim::runtime {

// No PTX in the object runs on the device (what CUDA answers cudaErrorNoKernelImageForDevice).
struct NoImage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Edits PTX text before it is parsed: planted bugs.
using PtxMutation = std::function<std::string(const std::string& ptx)>;

class ParsedModules {
 public:
  // Forgets what was parsed: the next load sees the mutation (empty: none).
  void set_mutation(PtxMutation mutation);
  void forget(const FatBinary* binary);
  // Throws NoImage, ptx::ParseError, std::runtime_error (unpacking).
  std::shared_ptr<const ptx::Module> get(const FatBinary& binary, std::uint32_t sm);

 private:
  PtxMutation mutation_;
  std::map<const FatEntry*, std::shared_ptr<const ptx::Module>> modules_;
};

class LoadedModule {
 public:
  // Allocates the module's variables on the device.
  LoadedModule(std::shared_ptr<const ptx::Module> module, Device& device);

  // Throws UnknownOpcode; std::runtime_error when there is no such kernel.
  const Program& program(const std::string& name);
  const ptx::Function& function(const std::string& name) const;
  // 0: no such variable.
  std::uint64_t variable(const std::string& name) const;

 private:
  std::shared_ptr<const ptx::Module> module_;
  std::map<std::string, std::uint64_t> variables_;
  std::map<std::string, std::unique_ptr<Program>> programs_;
};

}  // namespace cuda_sim::runtime
