#include "tests/cuda/resources.h"

#include <cuda_occupancy.h>
#include <driver_types.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>

#include "tests/cuda_sim/opcodes/program_builder.h"
#include "tests/cuda_sim/runtime/attributes.h"
#include "tests/cuda_sim/runtime/cubin.h"
#include "tests/cuda_sim/runtime/profile.h"
#include "tests/cuda_sim/runtime/registry.h"

namespace corticast::test {
namespace {

using cuda_sim::runtime::FatEntry;
using cuda_sim::runtime::KernelCode;

// The lowest nine bits of an instruction name the operation, whatever its operands: read off
// cuobjdump's listings of 7.5 to 12.0, and compared with them where it is installed
// (resources_sass.sh).
constexpr unsigned kFfma = 0x023;
constexpr unsigned kHmma = 0x03c;
constexpr unsigned kExit = 0x14d;
constexpr unsigned kLdl = 0x183;
constexpr unsigned kStl = 0x187;
constexpr std::size_t kTrapBytes = 512;

std::map<unsigned, std::uint64_t> operations_in(const std::string& code) {
  std::map<unsigned, std::uint64_t> counts;
  for (std::size_t at = 0; at + 16 <= code.size(); at += 16) {
    std::uint16_t low = 0;
    std::memcpy(&low, code.data() + at, sizeof low);
    ++counts[low & 0x1ffU];
  }
  return counts;
}

void count_operations(const KernelCode& code, Resources* row) {
  std::map<unsigned, std::uint64_t> counts = operations_in(code.instructions);
  // A kernel that holds only a trap does not exit.
  if (counts[kExit] == 0 && code.instructions.size() > kTrapBytes) {
    throw std::runtime_error(row->kernel + " for " + std::to_string(row->sm) +
                             ": no EXIT in its code, so operations are encoded in another way");
  }
  row->tensor_core = counts[kHmma];
  row->fused_multiply = counts[kFfma];
  row->local_accesses = counts[kLdl] + counts[kStl];
}

void fill_occupancy(const cuda_sim::Profile& card, Resources* row) {
  cudaDeviceProp properties;
  cuda_sim::runtime::fill_properties(card, 0, &properties);
  const cudaOccDeviceProp device(properties);
  cudaOccFuncAttributes kernel;
  kernel.maxThreadsPerBlock = static_cast<int>(row->block_threads);
  kernel.numRegs = static_cast<int>(row->registers);
  kernel.sharedSizeBytes = row->static_shared;
  kernel.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
  kernel.maxDynamicSharedSizeBytes = row->dynamic_shared;
  // The driver's own choice; zero would mean as little shared memory as possible.
  cudaOccDeviceState state;
  state.carveoutConfig = SHAREDMEM_CARVEOUT_DEFAULT;
  cudaOccResult result{};
  if (cudaOccMaxActiveBlocksPerMultiprocessor(&result, &device, &kernel, &state,
                                              static_cast<int>(row->block_threads),
                                              row->dynamic_shared) != CUDA_OCC_SUCCESS) {
    throw std::runtime_error(row->kernel + ": the toolkit's occupancy calculator does not know " +
                             card.name);
  }
  row->blocks = result.activeBlocksPerMultiprocessor;
  row->occupancy = static_cast<int>(100U * static_cast<unsigned>(row->blocks) * row->block_threads /
                                    card.threads_per_multiprocessor);
}

using Codes = std::map<std::uint32_t, std::map<std::string, KernelCode>>;  // by sm, mangled name

Codes codes_of_kernels() {
  std::set<const FatEntry*> entries;
  Codes codes;
  for (const auto* kernel : cuda_sim::runtime::Registry::instance().kernels()) {
    for (const FatEntry& entry : kernel->binary->entries) {
      if (entry.kind != FatEntry::Kind::kMachineCode || !entries.insert(&entry).second) continue;
      codes[entry.sm].merge(cuda_sim::runtime::kernels_in(unpack(entry)));
    }
  }
  return codes;
}

}  // namespace

const std::vector<Representative>& representatives() {
  static const std::vector<Representative> all = {
      {75, "t4", "T4"},     {80, "a100", "A100"},  {86, "rtx3090", "RTX 3090"}, {89, "l4", "L4"},
      {90, "h100", "H100"}, {100, "b200", "B200"}, {120, "rtx5090", "RTX 5090"}};
  return all;
}

std::string short_kernel_name(const std::string& demangled) {
  std::string name = demangled;
  for (const std::string noise : {"(anonymous namespace)::", "corticast::kernels::cuda::"}) {
    for (std::size_t at = name.find(noise); at != std::string::npos; at = name.find(noise)) {
      name.erase(at, noise.size());
    }
  }
  if (name.rfind("void ", 0) == 0) name.erase(0, 5);
  // The parameters start at the first bracket outside the template's arguments.
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') ++depth;
    if (name[i] == '>') --depth;
    if (name[i] == '(' && depth == 0) return name.substr(0, i);
  }
  return name;
}

std::vector<Resources> resources_of_kernels() {
  const Codes codes = codes_of_kernels();
  std::vector<Resources> all;
  for (const Representative& representative : representatives()) {
    const auto compiled = codes.find(representative.sm);
    if (compiled == codes.end()) continue;
    const cuda_sim::Profile card = cuda_sim::runtime::load_profile(
        CORTICAST_TEST_DATA "/device_profiles/" + representative.profile + ".json");
    const std::map<std::string, Use> uses = use_every_kernel(card);
    for (const auto& [mangled, code] : compiled->second) {
      const std::string demangled = cuda_sim::demangle(mangled);
      Resources row;
      row.mangled = mangled;
      row.kernel = short_kernel_name(demangled);
      row.sm = representative.sm;
      row.card = representative.name;
      row.registers = code.registers;
      // From 9.0 on machine code counts what the system keeps of a block's shared memory.
      const std::uint32_t reserved = representative.sm >= 90 ? card.reserved_shared_per_block : 0;
      row.static_shared = std::max(code.shared_bytes, reserved) - reserved;
      row.stack_bytes = code.stack_bytes;
      row.block_threads = code.block_threads;
      count_operations(code, &row);
      if (const auto use = uses.find(demangled); use != uses.end()) {
        row.launcher = use->second.launcher;
        row.block_threads = use->second.block_threads;
        row.dynamic_shared = use->second.dynamic_shared;
        fill_occupancy(card, &row);
      }
      all.push_back(row);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Resources& a, const Resources& b) {
    return a.kernel != b.kernel ? a.kernel < b.kernel : a.sm < b.sm;
  });
  return all;
}

std::vector<std::string> broken_rules(const std::vector<Resources>& all) {
  std::vector<std::string> broken;
  std::map<std::string, bool> used;
  for (const Resources& row : all) {
    const std::string what = row.kernel + " on " + row.card + ": ";
    used[row.kernel] |= !row.launcher.empty();
    if (row.stack_bytes != 0 || row.local_accesses != 0) {
      broken.push_back(what + std::to_string(row.stack_bytes) + " bytes of local memory and " +
                       std::to_string(row.local_accesses) +
                       " accesses to it (spilled registers), where none is allowed");
    }
    if (row.launcher.empty()) continue;
    if (row.blocks == 0) broken.push_back(what + "no block fits on a multiprocessor");
    if ((row.tensor_core != 0) != (row.launcher == "readout_tensor")) {
      broken.push_back(what + std::to_string(row.tensor_core) +
                       " tensor-core instructions in a kernel of " + row.launcher + "()");
    }
    if (row.launcher == "readout" && row.fused_multiply == 0) {
      broken.push_back(what + "no FFMA in the float32 readout");
    }
  }
  for (const auto& [kernel, is_used] : used) {
    if (!is_used) broken.push_back(kernel + ": no launcher reached it on any of the cards");
  }
  return broken;
}

}  // namespace corticast::test
