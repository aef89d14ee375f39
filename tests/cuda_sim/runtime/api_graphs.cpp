// Stream capture and graphs, as cuda_runtime_api.h declares them.
#include <cuda_runtime_api.h>

#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/queue.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

void instantiate(State& state, cudaGraphExec_t* exec, cudaGraph_t graph_handle,
                 unsigned long long flags) {
  require(exec);
  const Graph& graph = state.graph(graph_handle);
  if (flags != 0) {
    refuse(cudaErrorNotSupported, Fault::kHost, "its flags are not simulated");
  }
  const std::shared_ptr<GraphExec> made = state.execs.create();
  made->device = graph.device;
  made->nodes = graph.nodes;
  *exec = made->handle;
}

// A graph keeps the addresses that it was captured with.
void report_freed_memory(State& state, const GraphExec& exec) {
  for (const GraphNode& node : exec.nodes) {
    for (const std::uint64_t address : node.work->device_memory) {
      DeviceState* const owner = state.owner(address);
      if (owner == nullptr) continue;
      const Allocation* const allocation = owner->device.memory().find(address);
      if (allocation == nullptr || allocation->live) continue;
      report(Fault::kHost,
             "replays " + node.work->name + ", which was captured with " + allocation->describe());
    }
    for (const HostUse& use : node.work->host) {
      const auto after = state.pinned.upper_bound(use.begin);
      if (after != state.pinned.begin() &&
          use.begin + use.bytes <=
              std::prev(after)->second.begin + std::prev(after)->second.bytes) {
        continue;
      }
      refuse(cudaErrorInvalidValue, Fault::kHost,
             "replays " + node.work->name +
                 ", which was captured with pinned memory that has "
                 "been freed");
    }
  }
}

}  // namespace
}  // namespace cuda_sim::runtime

using namespace cuda_sim::runtime;  // the API's own names are global

extern "C" {

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return api(__func__, [&](State& state) { begin_capture(state, state.stream(stream), mode); });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  return api(__func__, [&](State& state) {
    require(graph);
    *graph = nullptr;
    const std::shared_ptr<Graph> captured = end_capture(state, state.stream(stream));
    const std::shared_ptr<Graph> made = state.graphs.create();
    made->device = captured->device;
    made->nodes = captured->nodes;
    *graph = made->handle;
  });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t handle, cudaStreamCaptureStatus* status) {
  return api(__func__, [&](State& state) {
    require(status);
    Stream& stream = state.stream(handle);
    refuse_implicit_order(state, stream);
    *status = stream.capture == nullptr ? cudaStreamCaptureStatusNone
              : stream.capture->invalid ? cudaStreamCaptureStatusInvalidated
                                        : cudaStreamCaptureStatusActive;
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph,
                                 unsigned long long flags) {
  return api(__func__, [&](State& state) { instantiate(state, exec, graph, flags); });
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* exec, cudaGraph_t graph,
                                          unsigned long long flags) {
  return api(__func__, [&](State& state) { instantiate(state, exec, graph, flags); });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t handle, cudaStream_t stream_handle) {
  return api(__func__, [&](State& state) {
    GraphExec& exec = state.exec(handle);
    Stream& stream = state.stream(stream_handle);
    if (stream.capture != nullptr) {
      stream.capture->invalid = true;
      refuse(cudaErrorNotSupported, cuda_sim::Fault::kHost,
             "a graph inside a graph is not simulated");
    }
    if (stream.device != exec.device) {
      refuse(cudaErrorInvalidValue, cuda_sim::Fault::kHost,
             "the graph was captured on device " + std::to_string(exec.device->ordinal) + ", " +
                 stream.name() + " belongs to device " + std::to_string(stream.device->ordinal));
    }
    report_freed_memory(state, exec);
    submit_replay(state, stream, exec);
    ++state.totals.graph_launches;
  });
}

cudaError_t cudaGraphUpload(cudaGraphExec_t handle, cudaStream_t stream_handle) {
  return api(__func__, [&](State& state) {
    state.exec(handle);
    state.stream(stream_handle);
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t handle) {
  return api(__func__, [&](State& state) { state.graphs.destroy(state.graph(handle)); });
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t handle) {
  return api(__func__, [&](State& state) { state.execs.destroy(state.exec(handle)); });
}

cudaError_t cudaGraphGetNodes(cudaGraph_t handle, cudaGraphNode_t* nodes, std::size_t* count) {
  return api(__func__, [&](State& state) {
    require(count);
    if (nodes != nullptr) {
      refuse(cudaErrorNotSupported, cuda_sim::Fault::kHost,
             "only the number of nodes is simulated; pass no array");
    }
    *count = state.graph(handle).nodes.size();
  });
}

}  // extern "C"
