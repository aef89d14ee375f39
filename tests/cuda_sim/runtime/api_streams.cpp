// Streams and events, as cuda_runtime_api.h declares them.
#include <cuda_runtime_api.h>

#include <algorithm>

#include "tests/cuda_sim/runtime/attributes.h"
#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/queue.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

cudaStream_t create_stream(State& state, unsigned flags, int priority) {
  if (flags != cudaStreamDefault && flags != cudaStreamNonBlocking) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "is given flags that no stream has");
  }
  DeviceState& device = state.current();
  const std::shared_ptr<Stream> stream = state.streams.create();
  stream->device = &device;
  stream->flags = flags;
  stream->priority = std::clamp(priority, kGreatestPriority, kLeastPriority);
  stream->chain = ++state.chains;
  return stream->handle;
}

cudaEvent_t create_event(State& state, unsigned flags) {
  constexpr unsigned kKnown = cudaEventBlockingSync | cudaEventDisableTiming;
  if ((flags & ~kKnown) != 0) {
    refuse(cudaErrorNotSupported, Fault::kHost,
           "of its flags only blocking-sync and disable-timing are simulated");
  }
  const std::shared_ptr<Event> event = state.events.create();
  event->device = &state.current();
  event->flags = flags;
  return event->handle;
}

void refuse_captured_event(const Event& event) {
  if (event.capture == nullptr) return;
  event.capture->invalid = true;
  refuse(cudaErrorCapturedEvent, Fault::kHost, "the event was last recorded in a capture");
}

// The synchronising functions of streams under capture, and of the default stream beside one.
void refuse_under_capture(State& state, Stream& stream) {
  refuse_captured(state, stream);
  refuse_implicit_order(state, stream);
}

}  // namespace
}  // namespace cuda_sim::runtime

using namespace cuda_sim::runtime;  // the API's own names are global

extern "C" {

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return api(__func__, [&](State& state) {
    require(stream);
    *stream = create_stream(state, cudaStreamDefault, 0);
  });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  return api(__func__, [&](State& state) {
    require(stream);
    *stream = create_stream(state, flags, 0);
  });
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned flags, int priority) {
  return api(__func__, [&](State& state) {
    require(stream);
    *stream = create_stream(state, flags, priority);
  });
}

cudaError_t cudaStreamDestroy(cudaStream_t handle) {
  return api(__func__, [&](State& state) {
    Stream& stream = state.stream(handle);
    if (stream.handle == nullptr) {
      refuse(cudaErrorInvalidResourceHandle, cuda_sim::Fault::kHost,
             "the default stream cannot be destroyed");
    }
    leave_capture(stream);
    if (stream.blocking() && stream.last != nullptr) {
      stream.device->retired.merge(stream.last->clock);
    }
    state.streams.destroy(stream);
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
  return api(__func__, [&](State& state) {
    Stream& stream = state.stream(handle);
    refuse_under_capture(state, stream);
    wait_stream(state, stream);
  });
}

cudaError_t cudaStreamQuery(cudaStream_t handle) {
  return api(__func__, [&](State& state) {
    Stream& stream = state.stream(handle);
    refuse_under_capture(state, stream);
    if (!poll(state, stream.last)) refuse(cudaErrorNotReady);
    wait(state, stream.last);
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event_handle, unsigned flags) {
  return api(__func__, [&](State& state) {
    Stream& stream = state.stream(handle);
    Event& event = state.event(event_handle);
    if (flags != cudaEventWaitDefault) {
      refuse(cudaErrorNotSupported, cuda_sim::Fault::kHost, "is given flags not simulated here");
    }
    if (wait_captured(stream, event)) return;
    if (event.operation == nullptr) return;  // never recorded: nothing to wait for
    submit(state, stream, marker("cudaStreamWaitEvent"), {event.operation});
  });
}

cudaError_t cudaStreamGetDevice(cudaStream_t handle, int* device) {
  return api(__func__, [&](State& state) {
    require(device);
    *device = static_cast<int>(state.stream(handle).device->ordinal);
  });
}

cudaError_t cudaStreamGetFlags(cudaStream_t handle, unsigned* flags) {
  return api(__func__, [&](State& state) {
    require(flags);
    *flags = state.stream(handle).flags;
  });
}

cudaError_t cudaStreamGetPriority(cudaStream_t handle, int* priority) {
  return api(__func__, [&](State& state) {
    require(priority);
    *priority = state.stream(handle).priority;
  });
}

cudaError_t cudaLaunchHostFunc(cudaStream_t handle, cudaHostFn_t function, void* data) {
  return api(__func__, [&](State& state) {
    require(reinterpret_cast<const void*>(function));
    Work work;
    work.name = "cudaLaunchHostFunc";
    work.host_function = true;
    work.run = [function, data](cuda_sim::Device&) { function(data); };
    submit(state, state.stream(handle), std::move(work));
    ++state.totals.host_functions;
  });
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return api(__func__, [&](State& state) {
    require(event);
    *event = create_event(state, cudaEventDefault);
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return api(__func__, [&](State& state) {
    require(event);
    *event = create_event(state, flags);
  });
}

cudaError_t cudaEventDestroy(cudaEvent_t handle) {
  return api(__func__, [&](State& state) { state.events.destroy(state.event(handle)); });
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t stream_handle) {
  return api(__func__, [&](State& state) {
    Event& event = state.event(handle);
    Stream& stream = state.stream(stream_handle);
    if (event.device != stream.device) {
      refuse(cudaErrorInvalidResourceHandle, cuda_sim::Fault::kHost,
             "the event belongs to device " + std::to_string(event.device->ordinal) + ", " +
                 stream.name() + " to device " + std::to_string(stream.device->ordinal));
    }
    if (stream.capture != nullptr) {
      record_event(stream, event);
      return;
    }
    event.capture = nullptr;
    event.operation = submit(state, stream, marker("cudaEventRecord"));
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
  return api(__func__, [&](State& state) {
    const Event& event = state.event(handle);
    refuse_captured_event(event);
    wait(state, event.operation);
  });
}

cudaError_t cudaEventQuery(cudaEvent_t handle) {
  return api(__func__, [&](State& state) {
    const Event& event = state.event(handle);
    refuse_captured_event(event);
    if (!poll(state, event.operation)) refuse(cudaErrorNotReady);
    wait(state, event.operation);
  });
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  return api(__func__, [&](State& state) {
    require(milliseconds);
    const Event& first = state.event(from);
    const Event& last = state.event(to);
    for (const Event* const event : {&first, &last}) {
      refuse_captured_event(*event);
      if (event->operation == nullptr || (event->flags & cudaEventDisableTiming) != 0) {
        refuse(cudaErrorInvalidResourceHandle, cuda_sim::Fault::kHost,
               event->operation == nullptr ? "one of the events was never recorded"
                                           : "one of the events was created without timing");
      }
      if (event->operation->state != Operation::State::kDone) refuse(cudaErrorNotReady);
    }
    *milliseconds = std::chrono::duration<float, std::milli>(last.operation->finished -
                                                             first.operation->finished)
                        .count();
  });
}

}  // extern "C"
