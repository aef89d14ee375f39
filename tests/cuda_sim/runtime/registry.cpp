#include "tests/cuda_sim/runtime/registry.h"

#include <algorithm>
#include <stdexcept>

namespace cuda_sim::runtime {

Registry& Registry::instance() {
  // Never destroyed: objects unregister themselves after static destruction has begun.
  static Registry* const registry = new Registry;
  return *registry;
}

FatBinary* Registry::add_binary(const void* wrapper) {
  auto binary = std::make_unique<FatBinary>();
  try {
    binary->entries = fat_entries(wrapper);
  } catch (const std::runtime_error& error) {
    binary->error = error.what();  // told to whoever launches a kernel of it
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  binaries_.push_back(std::move(binary));
  return binaries_.back().get();
}

void Registry::remove_binary(FatBinary* binary) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(handles_, [&](const auto& item) { return item.second->binary == binary; });
  std::erase_if(kernels_, [&](const auto& item) { return item.second->binary == binary; });
  std::erase_if(variables_, [&](const auto& item) { return item.second->binary == binary; });
  std::erase_if(binaries_, [&](const auto& item) { return item.get() == binary; });
}

void Registry::add_kernel(FatBinary* binary, const void* host, const char* name) {
  auto kernel = std::make_unique<RegisteredKernel>(RegisteredKernel{binary, name, host});
  const std::lock_guard<std::mutex> lock(mutex_);
  handles_[kernel.get()] = kernel.get();
  kernels_[host] = std::move(kernel);
}

void Registry::add_variable(FatBinary* binary, const void* host, const char* name,
                            std::uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  variables_[host] = std::make_unique<RegisteredVariable>(RegisteredVariable{binary, name, bytes});
}

const RegisteredKernel* Registry::kernel(const void* symbol) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto found = kernels_.find(symbol); found != kernels_.end()) {
    return found->second.get();
  }
  const auto found = handles_.find(symbol);
  return found == handles_.end() ? nullptr : found->second;
}

const RegisteredVariable* Registry::variable(const void* symbol) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = variables_.find(symbol);
  return found == variables_.end() ? nullptr : found->second.get();
}

std::vector<const RegisteredKernel*> Registry::kernels() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<const RegisteredKernel*> all;
  for (const auto& [handle, kernel] : handles_) all.push_back(kernel);
  return all;
}

}  // namespace cuda_sim::runtime
