// What the runtime's handles stand for.
#pragma once

#include <driver_types.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/cuda_sim/machine/device.h"
#include "tests/cuda_sim/runtime/modules.h"
#include "tests/cuda_sim/runtime/work.h"

namespace cuda_sim::runtime {

struct GraphNode {
  std::shared_ptr<const Work> work;
  std::vector<std::size_t> after;  // indices of earlier nodes
};

struct Graph {
  cudaGraph_t handle = nullptr;
  std::uint64_t number = 0;
  DeviceState* device = nullptr;
  std::vector<GraphNode> nodes;
};

struct GraphExec {
  cudaGraphExec_t handle = nullptr;
  std::uint64_t number = 0;
  DeviceState* device = nullptr;
  std::vector<GraphNode> nodes;
  OperationPtr last;  // of its latest replay: replays of one exec run one after another
  std::vector<std::uint32_t> chains;
};

struct Stream;

struct Capture {
  std::shared_ptr<Graph> graph;
  Stream* origin = nullptr;
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  std::thread::id thread;
  bool active = true;  // false: ended
  bool invalid = false;
  std::vector<Stream*> streams;  // origin and those that joined it by waiting for its events
};

struct Stream {
  cudaStream_t handle = nullptr;  // null: the legacy default stream
  std::uint64_t number = 0;
  DeviceState* device = nullptr;
  unsigned flags = 0;
  int priority = 0;
  OperationPtr last;
  std::uint32_t chain = 0;
  std::uint64_t position = 0;
  std::shared_ptr<Capture> capture;
  std::vector<std::size_t> capture_tail;  // nodes that the next node comes after

  bool blocking() const { return (flags & cudaStreamNonBlocking) == 0; }
  std::string name() const {
    return handle == nullptr ? "the default stream" : "stream " + std::to_string(number);
  }
};

struct Event {
  cudaEvent_t handle = nullptr;
  std::uint64_t number = 0;
  DeviceState* device = nullptr;
  unsigned flags = 0;
  OperationPtr operation;             // of the last record; null: never recorded
  std::shared_ptr<Capture> capture;   // recorded in a stream that was being captured
  std::vector<std::size_t> captured;  // the nodes it stands for
};

struct Pinned {
  std::byte* begin = nullptr;
  std::uint64_t bytes = 0;
  std::uint64_t number = 0;
  std::string name;         // "cudaMallocHost"
  bool registered = false;  // the program's own memory
  unsigned flags = 0;
  int device = 0;
  std::string describe() const;  // "pinned buffer 2 (cudaMallocHost, 4,096 bytes)"
};

struct KernelSettings {
  std::uint32_t max_dynamic_shared = 0;  // set by cudaFuncSetAttribute; 0: not set
  int shared_carveout = -1;
};

struct DeviceState {
  DeviceState(const Profile& profile, std::uint32_t number, Reports& reports)
      : device(profile, number, reports), ordinal(number) {
    legacy.device = this;
  }

  Device device;
  std::uint32_t ordinal;
  cudaError_t sticky = cudaSuccess;
  Stream legacy;
  Clock retired;  // work of blocking streams that have been destroyed, for the default stream
  std::deque<OperationPtr> pending;  // in order of submission; done ones are dropped now and then
  std::map<const FatBinary*, std::unique_ptr<LoadedModule>> modules;
  std::map<const RegisteredKernel*, KernelSettings> settings;
  std::map<std::uint64_t, OperationPtr> births;  // of memory from cudaMallocAsync, by its address
};

}  // namespace cuda_sim::runtime
