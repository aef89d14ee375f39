#include "tests/cuda_sim/runtime/capture.h"

#include <algorithm>

namespace cuda_sim::runtime {
namespace {

void add_tail(std::vector<std::size_t>& tail, const std::vector<std::size_t>& more) {
  for (const std::size_t node : more) {
    if (std::find(tail.begin(), tail.end(), node) == tail.end()) tail.push_back(node);
  }
}

// Which nodes lie before, or are, the given ones.
std::vector<bool> reached(const Graph& graph, const std::vector<std::size_t>& from) {
  std::vector<bool> seen(graph.nodes.size(), false);
  for (const std::size_t node : from) seen[node] = true;
  for (std::size_t node = graph.nodes.size(); node-- > 0;) {
    if (!seen[node]) continue;
    for (const std::size_t before : graph.nodes[node].after) seen[before] = true;
  }
  return seen;
}

void finish(State& state, const std::shared_ptr<Capture>& capture) {
  for (Stream* const stream : capture->streams) {
    stream->capture = nullptr;
    stream->capture_tail.clear();
  }
  capture->active = false;
  std::erase(state.captures, capture);
}

}  // namespace

void begin_capture(State& state, Stream& stream, cudaStreamCaptureMode mode) {
  if (stream.handle == nullptr) {
    refuse(cudaErrorStreamCaptureUnsupported, Fault::kHost,
           "the default stream cannot be captured; use a stream of your own");
  }
  if (stream.capture != nullptr) {
    refuse(cudaErrorIllegalState, Fault::kHost, stream.name() + " is being captured already");
  }
  auto capture = std::make_shared<Capture>();
  capture->graph = std::make_shared<Graph>();
  capture->graph->device = stream.device;
  capture->origin = &stream;
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  capture->streams = {&stream};
  stream.capture = capture;
  stream.capture_tail.clear();
  state.captures.push_back(std::move(capture));
}

std::shared_ptr<Graph> end_capture(State& state, Stream& stream) {
  const std::shared_ptr<Capture> capture = stream.capture;
  if (capture == nullptr) {
    refuse(cudaErrorIllegalState, Fault::kHost, stream.name() + " is not being captured");
  }
  if (capture->origin != &stream) {
    refuse(cudaErrorStreamCaptureUnmatched, Fault::kHost,
           "the capture began in " + capture->origin->name() + " and must end there, not in " +
               stream.name());
  }
  if (capture->mode != cudaStreamCaptureModeRelaxed &&
      capture->thread != std::this_thread::get_id()) {
    refuse(cudaErrorStreamCaptureWrongThread, Fault::kHost,
           "the capture began in another thread (only relaxed captures may change threads)");
  }
  const std::vector<bool> joined = reached(*capture->graph, stream.capture_tail);
  std::string unjoined;
  for (const Stream* const other : capture->streams) {
    for (const std::size_t node : other->capture_tail) {
      if (!joined[node]) unjoined = other->name();
    }
  }
  finish(state, capture);
  if (capture->invalid) refuse(cudaErrorStreamCaptureInvalidated);
  if (!unjoined.empty()) {
    refuse(
        cudaErrorStreamCaptureUnjoined, Fault::kHost,
        unjoined + " joined the capture and " + stream.name() + " does not wait for its last work");
  }
  return capture->graph;
}

void record_node(Stream& stream, Work work) {
  Capture& capture = *stream.capture;
  if (capture.invalid) refuse(cudaErrorStreamCaptureInvalidated);
  Graph& graph = *capture.graph;
  if (!work.run) {
    // Order only: the stream's tail carries it already.
    return;
  }
  graph.nodes.push_back({std::make_shared<const Work>(std::move(work)), stream.capture_tail});
  stream.capture_tail = {graph.nodes.size() - 1};
}

void record_event(Stream& stream, Event& event) {
  if (stream.capture->invalid) refuse(cudaErrorStreamCaptureInvalidated);
  event.operation = nullptr;
  event.capture = stream.capture;
  event.captured = stream.capture_tail;
}

bool wait_captured(Stream& stream, Event& event) {
  if (event.capture == nullptr && stream.capture == nullptr) return false;
  if (event.capture == nullptr) {
    if (event.operation == nullptr) return true;  // never recorded: nothing to wait for
    stream.capture->invalid = true;
    refuse(cudaErrorStreamCaptureIsolation, Fault::kHost,
           stream.name() + " is being captured and cannot wait for an event recorded outside");
  }
  const std::shared_ptr<Capture>& capture = event.capture;
  if (!capture->active) {
    refuse(cudaErrorCapturedEvent, Fault::kHost,
           "the event was recorded in a capture that has ended; record it again");
  }
  if (capture->invalid) refuse(cudaErrorStreamCaptureInvalidated);
  if (stream.capture == nullptr) {
    if (stream.handle == nullptr || stream.device != capture->origin->device) {
      capture->invalid = true;
      refuse(cudaErrorStreamCaptureUnsupported, Fault::kHost,
             "only streams of one device, and not the default stream, can join a capture here");
    }
    stream.capture = capture;
    stream.capture_tail.clear();
    capture->streams.push_back(&stream);
  } else if (stream.capture != capture) {
    capture->invalid = true;
    stream.capture->invalid = true;
    refuse(cudaErrorStreamCaptureMerge, Fault::kHost,
           stream.name() + " belongs to another capture than the event");
  }
  add_tail(stream.capture_tail, event.captured);
  return true;
}

void refuse_unsafe(State& state) {
  for (const auto& capture : state.captures) {
    if (capture->mode == cudaStreamCaptureModeRelaxed) continue;
    if (capture->mode == cudaStreamCaptureModeThreadLocal &&
        capture->thread != std::this_thread::get_id()) {
      continue;
    }
    capture->invalid = true;
    refuse(cudaErrorStreamCaptureUnsupported, Fault::kHost,
           "is not allowed while " + capture->origin->name() + " is being captured");
  }
}

void refuse_captured(State& /*state*/, Stream& stream) {
  if (stream.capture == nullptr) return;
  stream.capture->invalid = true;
  refuse(cudaErrorStreamCaptureUnsupported, Fault::kHost,
         "is not allowed on " + stream.name() + ", which is being captured");
}

void refuse_implicit_order(State& state, Stream& stream) {
  if (stream.handle != nullptr) return;
  for (const auto& capture : state.captures) {
    for (const Stream* const captured : capture->streams) {
      if (captured->device != stream.device || !captured->blocking()) continue;
      capture->invalid = true;
      refuse(cudaErrorStreamCaptureImplicit, Fault::kHost,
             "uses the default stream, which waits for " + captured->name() +
                 ", which is being captured");
    }
  }
}

void leave_capture(Stream& stream) {
  if (stream.capture == nullptr) return;
  const std::shared_ptr<Capture> capture = stream.capture;
  capture->invalid = true;
  if (capture->origin == &stream) {
    finish(State::instance(), capture);
  } else {
    std::erase(capture->streams, &stream);
  }
  refuse(cudaErrorStreamCaptureInvalidated, Fault::kHost,
         "destroys " + stream.name() + " while it is being captured");
}

}  // namespace cuda_sim::runtime
