#include "tests/cuda_sim/runtime/machine_code.h"

#include <map>
#include <mutex>
#include <string>

#include "tests/cuda_sim/runtime/cubin.h"

namespace cuda_sim::runtime {

std::uint32_t registers_of(const RegisteredKernel& kernel, std::uint32_t sm) {
  static std::mutex mutex;
  static auto* const images = new std::map<const FatEntry*, std::map<std::string, std::uint32_t>>;
  const FatEntry* const entry = choose_machine_code(kernel.binary->entries, sm);
  if (entry == nullptr) return 0;
  const std::lock_guard<std::mutex> lock(mutex);
  auto found = images->find(entry);
  if (found == images->end()) {
    found = images->emplace(entry, std::map<std::string, std::uint32_t>{}).first;
    for (const auto& [name, code] : kernels_in(unpack(*entry))) {
      found->second[name] = code.registers;
    }
  }
  const auto count = found->second.find(kernel.name);
  return count == found->second.end() ? 0 : count->second;
}

}  // namespace cuda_sim::runtime
