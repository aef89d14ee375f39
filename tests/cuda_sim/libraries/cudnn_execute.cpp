#include <algorithm>
#include <chrono>
#include <cstring>

#include "tests/cuda_sim/libraries/cudnn_calls.h"
#include "tests/cuda_sim/libraries/cudnn_state.h"
#include "tests/cuda_sim/libraries/devices.h"
#include "tests/cuda_sim/libraries/interpret.h"
#include "tests/cuda_sim/runtime/library_work.h"

namespace cuda_sim::cudnn {
namespace {

constexpr const char* kWhere = "cudnnBackendExecute";

// "cuDNN engine 44: 1x64x110x110 by 128x64x3x3"
std::string name_of(const Graph& graph) {
  const auto shape = [&](std::size_t tensor) {
    std::string text;
    for (const std::int64_t dim : graph.tensors[tensor].dims)
      text += (text.empty() ? "" : "x") + std::to_string(dim);
    return text;
  };
  std::string name = "cuDNN engine " + std::to_string(graph.engine) + ":";
  for (const Node& node : graph.nodes)
    if (const auto* convolution = std::get_if<Convolution>(&node))
      name += " " + shape(convolution->x) + " by " + shape(convolution->w);
  return name;
}

// Bytes that any implementation has to move: every tensor once.
void count_traffic(const Graph& graph, const std::vector<std::uint64_t>& addresses, Memory& memory,
                   KernelCounts& counts) {
  for (const Touch& touch : touches(graph)) {
    const Tensor& tensor = graph.tensors[touch.tensor];
    const std::uint64_t bytes =
        static_cast<std::uint64_t>(tensor.elements()) * bytes_of(tensor.type);
    Allocation& allocation = *memory.find(addresses[touch.tensor]);
    auto& traffic = counts.allocations[allocation.number];
    if (touch.reads) {
      counts.global_loaded += bytes;
      traffic.loaded += bytes;
      allocation.bytes_loaded += bytes;
    }
    if (touch.writes) {
      counts.global_stored += bytes;
      traffic.stored += bytes;
      allocation.bytes_stored += bytes;
    }
  }
}

// What a stream runs for one execution.
struct Work {
  std::shared_ptr<const Plan> plan;
  std::vector<std::uint64_t> addresses;
  std::uint64_t workspace;

  void operator()(Device& device) const {
    const auto start = std::chrono::steady_clock::now();
    const Graph& graph = plan->graph;
    Memory& memory = device.memory();
    bool stops = false;
    for (const Finding& finding :
         check_memory(graph, addresses, workspace, plan->workspace_bytes, memory)) {
      if (finding.stops)
        runtime::fail(device, finding.fault, kWhere, finding.message);
      else
        runtime::report(device, finding.fault, kWhere, finding.message);
      stops |= finding.stops;
    }
    if (stops) return;
    KernelCounts& counts = device.counts()[name_of(graph)];
    count_traffic(graph, addresses, memory, counts);
    // The engine may leave anything here: NaN in every floating-point type.
    if (plan->workspace_bytes > 0)
      std::memset(memory.write(workspace, plan->workspace_bytes), 0xff, plan->workspace_bytes);
    run_graph(graph, addresses, plan->tf32, memory);
    ++counts.launches;
    counts.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
};

// Null, with `status` set, unless the descriptor is a finalized one of that type.
Descriptor* expect(State& all, cudnnBackendDescriptor_t descriptor,
                   cudnnBackendDescriptorType_t type, const std::string& name, Device* device,
                   cudnnStatus_t& status) {
  Descriptor* const known = all.find(descriptor);
  if (known == nullptr || known->type != type) {
    status = refuse(CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE, device, kWhere,
                    "the second and third argument are an execution plan and a variant pack; "
                    "this is no live " +
                        name);
    return nullptr;
  }
  if (!known->finalized) {
    status = refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, device, kWhere,
                    "the " + name + " is not finalized");
    return nullptr;
  }
  return known;
}

}  // namespace

cudnnStatus_t execute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                      cudnnBackendDescriptor_t pack) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  const Handle* const known = all.find(handle);
  if (known == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kWhere,
                  "the handle was not made by cudnnCreate, or is already destroyed");
  Device& device = *known->device;
  if (device_of(nullptr) != &device)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kWhere,
                  "the calling thread's current device is not the one the handle was made on");
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;
  Descriptor* const known_plan =
      expect(all, plan, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR, "execution plan", &device, status);
  if (known_plan == nullptr) return status;
  const Descriptor* const known_pack =
      expect(all, pack, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, "variant pack", &device, status);
  if (known_pack == nullptr) return status;
  const Handle* const made_for = all.find(known_plan->handle);
  if (made_for != nullptr && made_for->device != &device)
    return refuse(CUDNN_STATUS_BAD_PARAM, &device, kWhere,
                  "the execution plan was made with a handle of another device");
  try {
    if (!known_plan->plan) known_plan->plan = read_plan(all.real, plan);
  } catch (const NotSimulated& error) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, &device, kWhere, error.what());
  }
  const Plan& facts = *known_plan->plan;
  for (const Finding& finding : check_pack(facts.graph, known_pack->pack, facts.workspace_bytes))
    status = refuse(finding.fault == Fault::kMisaligned ? CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER
                                                        : CUDNN_STATUS_BAD_PARAM,
                    &device, kWhere, finding.message, finding.fault);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  const cudaError_t error =
      runtime::enqueue(known->stream, kWhere,
                       Work{known_plan->plan, addresses_of(facts.graph, known_pack->pack),
                            known_pack->pack.workspace});
  return error == cudaSuccess ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_EXECUTION_FAILED_CUDART;
}

}  // namespace cuda_sim::cudnn
