// Owners of cuDNN's handle and backend descriptors, over the function table. Errors carry cuDNN's
// own text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/cuda/cudnn/library.h"

namespace corticast::cuda {

// Throws Error{kDevice} unless status is success. doing: "building a convolution plan".
void check(cudnnStatus_t status, const std::string& doing);

// Of the loaded library: "9.19.0".
std::string cudnn_version_text();

// cuDNN on the device that is current when it is made.
class CudnnHandle {
 public:
  CudnnHandle();
  ~CudnnHandle();
  CudnnHandle(const CudnnHandle&) = delete;
  CudnnHandle& operator=(const CudnnHandle&) = delete;

  cudnnHandle_t get() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

// One backend descriptor. Set attributes, then finalize().
class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, nullptr)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  template <typename T>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const T& value) {
    set_raw(name, type, 1, &value);
  }
  template <typename T>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
           std::span<const T> values) {
    set_raw(name, type, static_cast<std::int64_t>(values.size()), values.data());
  }
  void set(cudnnBackendAttributeName_t name, const Descriptor& value);

  // False when cuDNN cannot: the caller goes on with another candidate.
  bool try_finalize();
  void finalize(const char* doing);

  std::int64_t integer(cudnnBackendAttributeName_t name) const;
  std::vector<cudnnBackendNumericalNote_t> numerical_notes() const;  // of an engine
  Descriptor engine() const;                                         // of an engine configuration
  std::vector<Descriptor> results() const;  // of finalized heuristics: engine configurations
  // Of an engine configuration: engine number and knobs, "eng41_k2=18_k13=1". The same name with
  // the same version of cuDNN is the same computation.
  std::string configuration_name() const;

  cudnnBackendDescriptor_t get() const { return descriptor_; }

 private:
  // The descriptors of `type` that an attribute holds, `most` of them at most.
  std::vector<Descriptor> list(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type,
                               std::int64_t most, const char* doing) const;
  void set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
               std::int64_t count, const void* values);

  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

}  // namespace corticast::cuda
