// Owners of a stream and of an event of the device that is current when they are made. Their
// destructors ignore errors: whatever failed was reported by the work itself.
#pragma once

#include <cuda_runtime_api.h>

#include <utility>

#include "engine/backend/cuda/check.h"

namespace corticast::cuda {

class Event {
 public:
  Event() : Event(cudaEventDisableTiming | cudaEventBlockingSync) {}
  ~Event() {
    if (event_ != nullptr) cudaEventDestroy(event_);
  }
  Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
  Event& operator=(Event&& other) noexcept {
    std::swap(event_, other.event_);
    return *this;
  }

  // Blocks the calling thread, without spinning, until the last record() is reached.
  void wait(const char* doing) const { check(cudaEventSynchronize(event_), doing); }
  cudaEvent_t get() const { return event_; }

 protected:
  explicit Event(unsigned flags) {
    check(cudaEventCreateWithFlags(&event_, flags), "making an event");
  }

 private:
  cudaEvent_t event_ = nullptr;
};

// One that the device notes the time of.
class TimedEvent : public Event {
 public:
  TimedEvent() : Event(cudaEventDefault) {}

  // Between two that were reached, on the device's clock of about half a microsecond's resolution.
  double seconds_since(const TimedEvent& start) const {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start.get(), get()), "reading the device's clock");
    return 1e-3 * static_cast<double>(milliseconds);
  }
};

class Stream {
 public:
  // Does not wait for the default stream, nor it for this.
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream"); }
  ~Stream() {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    std::swap(stream_, other.stream_);
    return *this;
  }

  void record(const Event& event) { check(cudaEventRecord(event.get(), stream_), "recording"); }
  // What is put into this stream from now on runs after the event's last record().
  void after(const Event& event) {
    check(cudaStreamWaitEvent(stream_, event.get(), 0), "ordering streams");
  }
  void finish(const char* doing) { check(cudaStreamSynchronize(stream_), doing); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace corticast::cuda
