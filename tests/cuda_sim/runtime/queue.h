// Lazy streams: work is queued with what must run before it, and runs when something needs it.
#pragma once

#include <memory>
#include <vector>

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

// Puts work at the end of the stream, after `also` too; or records it when the stream is being
// captured (then null is returned).
OperationPtr submit(State& state, Stream& stream, Work work,
                    const std::vector<OperationPtr>& also = {});

// Puts a graph's nodes at the end of the stream.
void submit_replay(State& state, Stream& stream, GraphExec& exec);

// Runs what the operation needs, and it. Null: nothing to do. A fault becomes the sticky error of
// the operation's device.
void run(State& state, const OperationPtr& operation);

// The host waits: run(), and all that is queued from now on comes after it. Throws ApiError when
// the device is lost.
void wait(State& state, const OperationPtr& operation);
void wait_stream(State& state, Stream& stream);
void wait_device(State& state, DeviceState& device);

// For a poll: true when it is done; else one operation on the way to it runs, so that polling ends.
bool poll(State& state, const OperationPtr& operation);

// Pending operations that were given an address inside [begin, begin + bytes) of device memory.
std::vector<OperationPtr> pending_users(State& state, std::uint64_t begin, std::uint64_t bytes);

// "cudaMemcpyAsync in stream 2"
std::string describe(const Operation& operation);

}  // namespace cuda_sim::runtime
