#include "tests/cuda_sim/runtime/attributes.h"

#include <algorithm>
#include <cstring>

namespace cuda_sim::runtime {
namespace {

constexpr int kConstantBytes = 65536;

int number(std::uint64_t value) {
  return static_cast<int>(std::min<std::uint64_t>(value, INT32_MAX));
}

}  // namespace

int pci_bus(int device) {
  return device + 1;
}

void fill_properties(const Profile& profile, int device, cudaDeviceProp* properties) {
  *properties = {};
  // Whatever a program prints or stores under this name, nobody shall take it for a real card.
  const std::string name = profile.name + " (simulated)";
  const std::size_t length = std::min(name.size(), sizeof properties->name - 1);
  std::memcpy(properties->name, name.data(), length);
  properties->uuid.bytes[15] = static_cast<char>(device + 1);
  properties->totalGlobalMem = profile.memory_bytes;
  properties->sharedMemPerBlock = profile.shared_per_block;
  properties->regsPerBlock = number(profile.registers_per_block);
  properties->warpSize = 32;
  properties->memPitch = INT32_MAX;
  properties->maxThreadsPerBlock = number(profile.threads_per_block);
  for (std::size_t i = 0; i < 3; ++i) {
    properties->maxThreadsDim[i] = number(profile.max_block[i]);
    properties->maxGridSize[i] = number(profile.max_grid[i]);
  }
  properties->totalConstMem = kConstantBytes;
  properties->major = number(profile.sm / 10);
  properties->minor = number(profile.sm % 10);
  properties->textureAlignment = 512;
  properties->multiProcessorCount = number(profile.multiprocessors);
  properties->concurrentKernels = 1;
  properties->pciBusID = pci_bus(device);
  properties->asyncEngineCount = 2;
  properties->unifiedAddressing = 1;
  properties->l2CacheSize = number(profile.l2_bytes);
  properties->maxThreadsPerMultiProcessor = number(profile.threads_per_multiprocessor);
  properties->streamPrioritiesSupported = 1;
  properties->sharedMemPerMultiprocessor =
      profile.shared_per_block_optin + profile.reserved_shared_per_block;
  properties->regsPerMultiprocessor = number(profile.registers_per_block);
  properties->sharedMemPerBlockOptin = profile.shared_per_block_optin;
  properties->maxBlocksPerMultiProcessor = number(profile.blocks_per_multiprocessor);
  properties->reservedSharedMemPerBlock = profile.reserved_shared_per_block;
  properties->hostRegisterSupported = 1;
  properties->memoryPoolsSupported = 1;
}

bool attribute_of(const Profile& profile, int device, cudaDeviceAttr attribute, int* value) {
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
      *value = number(profile.threads_per_block);
      return true;
    case cudaDevAttrMaxBlockDimX:
      *value = number(profile.max_block[0]);
      return true;
    case cudaDevAttrMaxBlockDimY:
      *value = number(profile.max_block[1]);
      return true;
    case cudaDevAttrMaxBlockDimZ:
      *value = number(profile.max_block[2]);
      return true;
    case cudaDevAttrMaxGridDimX:
      *value = number(profile.max_grid[0]);
      return true;
    case cudaDevAttrMaxGridDimY:
      *value = number(profile.max_grid[1]);
      return true;
    case cudaDevAttrMaxGridDimZ:
      *value = number(profile.max_grid[2]);
      return true;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = number(profile.shared_per_block);
      return true;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = number(profile.shared_per_block_optin);
      return true;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *value = number(profile.shared_per_block_optin + profile.reserved_shared_per_block);
      return true;
    case cudaDevAttrReservedSharedMemoryPerBlock:
      *value = number(profile.reserved_shared_per_block);
      return true;
    case cudaDevAttrTotalConstantMemory:
      *value = kConstantBytes;
      return true;
    case cudaDevAttrWarpSize:
      *value = 32;
      return true;
    case cudaDevAttrMaxRegistersPerBlock:
    case cudaDevAttrMaxRegistersPerMultiprocessor:
      *value = number(profile.registers_per_block);
      return true;
    case cudaDevAttrClockRate:
      *value = number(profile.clock_khz);
      return true;
    case cudaDevAttrMemoryClockRate:
      *value = number(profile.memory_clock_khz);
      return true;
    case cudaDevAttrMultiProcessorCount:
      *value = number(profile.multiprocessors);
      return true;
    case cudaDevAttrL2CacheSize:
      *value = number(profile.l2_bytes);
      return true;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = number(profile.threads_per_multiprocessor);
      return true;
    case cudaDevAttrMaxBlocksPerMultiprocessor:
      *value = number(profile.blocks_per_multiprocessor);
      return true;
    case cudaDevAttrComputeCapabilityMajor:
      *value = number(profile.sm / 10);
      return true;
    case cudaDevAttrComputeCapabilityMinor:
      *value = number(profile.sm % 10);
      return true;
    case cudaDevAttrPciBusId:
      *value = pci_bus(device);
      return true;
    case cudaDevAttrPciDeviceId:
    case cudaDevAttrPciDomainId:
    case cudaDevAttrIntegrated:
    case cudaDevAttrManagedMemory:
    case cudaDevAttrKernelExecTimeout:
    case cudaDevAttrComputeMode:
      *value = 0;
      return true;
    case cudaDevAttrConcurrentKernels:
    case cudaDevAttrUnifiedAddressing:
    case cudaDevAttrStreamPrioritiesSupported:
    case cudaDevAttrMemoryPoolsSupported:
    case cudaDevAttrHostRegisterSupported:
      *value = 1;
      return true;
    case cudaDevAttrAsyncEngineCount:
      *value = 2;
      return true;
    default:
      return false;
  }
}

}  // namespace cuda_sim::runtime
