// What the stand-ins of CUDA libraries (cuDNN, cuBLAS) need of the simulated runtime.
#pragma once

#include <driver_types.h>

#include <functional>
#include <mutex>
#include <string>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::runtime {

// Puts work into the stream; it runs as late as legal, after everything the stream holds before it,
// or is recorded when the stream is being captured. name: "cudnnBackendExecute", for reports.
cudaError_t enqueue(cudaStream_t stream, const std::string& name,
                    std::function<void(Device& device)> work);

// The device that the stream belongs to (null stream: the calling thread's current device).
// Throws std::runtime_error, after a report, when the stream is not alive or there is no device.
Device& device_of(cudaStream_t stream);

// Adds a report of the host side and makes it the stream's device's sticky error.
void fail(Device& device, Fault fault, const std::string& where, const std::string& message);

// Adds a report of the host side and leaves the device as it is: for arguments that the library
// answers with a status of its own.
void report(Device& device, Fault fault, const std::string& where, const std::string& message);

// The lock that guards every Device. Work holds it while it runs; whoever looks at a Device outside
// of enqueued work takes it first.
std::unique_lock<std::recursive_mutex> lock_devices();

}  // namespace cuda_sim::runtime
