// What the cuDNN stand-in remembers about handles and descriptors: whatever the real library,
// which sees no device, cannot be told or does not give back.
#pragma once

#include <cudnn.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/backend/cuda/cudnn/library.h"
#include "tests/cuda_sim/libraries/bindings.h"
#include "tests/cuda_sim/libraries/graph.h"
#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::cudnn {

struct Handle {
  Device* device = nullptr;  // that was current at cudnnCreate
  cudaStream_t stream = nullptr;
};

// What execution needs of a finalized plan.
struct Plan {
  Graph graph;
  std::uint64_t workspace_bytes = 0;
  bool tf32 = false;
};

struct Descriptor {
  cudnnBackendDescriptorType_t type{};
  bool finalized = false;
  // Operation graph, execution plan: as set; heuristics, engine: of their operation graph.
  cudnnHandle_t handle = nullptr;
  bool has_device = false;  // CUDNN_ATTR_..._DEVICEPROP was set by the caller
  bool has_config = false;  // execution plan: made of an engine configuration, not of JSON
  VariantPack pack;
  std::shared_ptr<const Plan> plan;  // read at the first execution
};

class State {
 public:
  // Opens the real library; throws as corticast::cuda::open_cudnn() does.
  State();

  const corticast::cuda::CudnnLibrary real;
  std::mutex mutex;  // guards all below
  std::map<cudnnHandle_t, std::unique_ptr<Handle>> handles;
  std::map<cudnnBackendDescriptor_t, Descriptor> descriptors;

  // Null when unknown.
  Handle* find(cudnnHandle_t handle);
  Descriptor* find(cudnnBackendDescriptor_t descriptor);

  // The real library's description of a simulated device, made of its profile's JSON; lives as long
  // as the process. Null with `status` set when cuDNN refuses the profile.
  cudnnBackendDescriptor_t device_properties(const Device& device, cudnnStatus_t& status);

 private:
  std::map<std::string, cudnnBackendDescriptor_t> properties_;  // by JSON
};

// The one of this process. Throws as State() does.
State& state();

// Text attributes and plans of the real library.
std::string plan_json(const corticast::cuda::CudnnLibrary& real, cudnnBackendDescriptor_t plan);
// Throws NotSimulated; also when the real library does not answer.
std::shared_ptr<const Plan> read_plan(const corticast::cuda::CudnnLibrary& real,
                                      cudnnBackendDescriptor_t plan);

}  // namespace cuda_sim::cudnn
