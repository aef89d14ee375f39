// Stream capture: work that is recorded into a graph instead of being queued, and what CUDA refuses
// meanwhile (CUDA programming guide, "Creating a Graph Using Stream Capture").
#pragma once

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

void begin_capture(State& state, Stream& stream, cudaStreamCaptureMode mode);
// Ends it in any case; throws ApiError when the capture was no good.
std::shared_ptr<Graph> end_capture(State& state, Stream& stream);

// Of a stream that is being captured.
void record_node(Stream& stream, Work work);
void record_event(Stream& stream, Event& event);
// For events recorded in a capture, and for streams under capture: the stream joins or goes on in
// the event's capture. Returns false when neither is under capture.
bool wait_captured(Stream& stream, Event& event);

// Called by the functions that CUDA does not let a capture see; each makes the capture invalid.
void refuse_unsafe(State& state);                    // allocation, device-wide synchronisation
void refuse_captured(State& state, Stream& stream);  // synchronising with the stream
void refuse_implicit_order(State& state, Stream& stream);  // default stream next to a capture
void leave_capture(Stream& stream);                        // the stream is being destroyed

}  // namespace cuda_sim::runtime
