#include "tests/cuda_sim/runtime/errors.h"

namespace cuda_sim::runtime {
namespace {

struct Named {
  cudaError_t code;
  const char* name;
  const char* text;
};

#define NAMED(code, text) \
  Named {                 \
    code, #code, text     \
  }
// Those that the simulated runtime can return.
constexpr Named kErrors[] = {
    NAMED(cudaSuccess, "no error"),
    NAMED(cudaErrorInvalidValue, "invalid argument"),
    NAMED(cudaErrorMemoryAllocation, "out of memory"),
    NAMED(cudaErrorInvalidConfiguration, "invalid configuration argument"),
    NAMED(cudaErrorInvalidPitchValue, "invalid pitch argument"),
    NAMED(cudaErrorInvalidSymbol, "invalid device symbol"),
    NAMED(cudaErrorInvalidMemcpyDirection, "invalid copy direction for memcpy"),
    NAMED(cudaErrorInvalidDeviceFunction, "invalid device function"),
    NAMED(cudaErrorNoDevice, "no CUDA-capable device is detected"),
    NAMED(cudaErrorInvalidDevice, "invalid device ordinal"),
    NAMED(cudaErrorNoKernelImageForDevice,
          "no kernel image is available for execution on the device"),
    NAMED(cudaErrorInvalidPtx, "a PTX JIT compilation failed"),
    NAMED(cudaErrorInvalidResourceHandle, "invalid resource handle"),
    NAMED(cudaErrorIllegalState, "the operation cannot be performed in the present state"),
    NAMED(cudaErrorNotReady, "device not ready"),
    NAMED(cudaErrorIllegalAddress, "an illegal memory access was encountered"),
    NAMED(cudaErrorLaunchOutOfResources, "too many resources requested for launch"),
    NAMED(cudaErrorLaunchTimeout, "the launch timed out and was terminated"),
    NAMED(cudaErrorHostMemoryAlreadyRegistered,
          "part or all of the requested memory range is already mapped"),
    NAMED(cudaErrorHostMemoryNotRegistered,
          "pointer does not correspond to a registered memory region"),
    NAMED(cudaErrorMisalignedAddress, "misaligned address"),
    NAMED(cudaErrorLaunchFailure, "unspecified launch failure"),
    NAMED(cudaErrorNotPermitted, "operation not permitted"),
    NAMED(cudaErrorNotSupported, "operation not supported"),
    NAMED(cudaErrorStreamCaptureUnsupported, "operation not permitted when stream is capturing"),
    NAMED(cudaErrorStreamCaptureInvalidated,
          "operation failed due to a previous error during capture"),
    NAMED(cudaErrorStreamCaptureMerge,
          "operation would result in a merge of separate capture sequences"),
    NAMED(cudaErrorStreamCaptureUnmatched, "capture was not ended in the same stream as it began"),
    NAMED(cudaErrorStreamCaptureUnjoined, "capturing stream has unjoined work"),
    NAMED(cudaErrorStreamCaptureIsolation,
          "dependency created on uncaptured work in another stream"),
    NAMED(cudaErrorStreamCaptureImplicit,
          "operation would make the legacy stream depend on a capturing blocking stream"),
    NAMED(cudaErrorCapturedEvent,
          "operation not permitted on an event last recorded in a capturing stream"),
    NAMED(cudaErrorStreamCaptureWrongThread,
          "attempt to terminate a thread-local capture sequence from another thread"),
    NAMED(cudaErrorUnknown, "unknown error"),
};
#undef NAMED

const Named* find(cudaError_t code) {
  for (const Named& named : kErrors) {
    if (named.code == code) return &named;
  }
  return nullptr;
}

}  // namespace

const char* error_name(cudaError_t code) {
  const Named* const named = find(code);
  return named == nullptr ? "unrecognized error code" : named->name;
}

const char* error_text(cudaError_t code) {
  const Named* const named = find(code);
  return named == nullptr ? "unrecognized error code" : named->text;
}

cudaError_t last_error(State& state, bool forget) {
  ThreadState& thread = this_thread();
  if (thread.generation != state.generation) {
    thread = ThreadState{};
    thread.generation = state.generation;
  }
  const auto ordinal = static_cast<std::size_t>(thread.device);
  if (ordinal < state.devices.size() && state.devices[ordinal]->sticky != cudaSuccess) {
    return state.devices[ordinal]->sticky;
  }
  const cudaError_t code = thread.last_error;
  if (forget) thread.last_error = cudaSuccess;
  return code;
}

}  // namespace cuda_sim::runtime
