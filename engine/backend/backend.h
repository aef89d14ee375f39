// The seam between the pipeline and a device. Everything a device does is behind these verbs;
// nothing above knows what a core or a readout is made of, nothing below knows a file or a ROI.
//
//   - backend = open_backend(options)
//   - program = backend->compile(model, request, max_batch, method)
//   - input = program->input(slot): loaders write images straight into it
//   - program->submit(slot, n): returns at once
//   - responses = program->wait(slot): valid until the slot is submitted again
//
// Three slots a device let loading, computing and writing overlap. Beside that a backend can vouch
// for itself (selftest) and time itself (measure), step by step.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/backend/method.h"
#include "engine/backend/step_report.h"
#include "engine/base/error.h"
#include "engine/model/model.h"

namespace corticast {

inline constexpr std::size_t kImageValues = 224 * 224 * 3;
inline constexpr std::size_t kImageBytes = kImageValues;  // one image: uint8 [224, 224, 3], RGB

// One image in memory of Program::input().
constexpr std::size_t input_bytes(InputKind kind) {
  return kind == InputKind::kPixels ? kImageBytes : kImageValues * sizeof(float);
}

// Responses of one batch: for target t, image n, column c: data[t][n * columns + c], float32.
// A view into the program's memory.
struct Responses {
  std::size_t images = 0;
  std::size_t columns = 0;
  std::span<const float* const> targets;
};

// What a run found out about itself, for people.
struct Findings {
  std::vector<std::string> notes;       // how it was done: plans chosen by the clock
  std::vector<std::string> warnings;    // values beyond a format's range
  std::vector<std::string> comparison;  // how two devices differ, good or bad
  bool difference = false;              // they differ more than they may
};

// A model compiled for one request on one device. One thread drives a program (input, submit,
// wait); other threads may write into input memory of slots that are not submitted. The same image
// gives the same bits whatever the other images, the slot, the batch fill and the thread count.
class Program {
 public:
  virtual ~Program() = default;
  // Three for each device that works at the same time.
  virtual std::size_t slots() const { return 3; }
  // Bytes of [max_batch] images of the method's InputKind, owned by the program: uint8 [224, 224,
  // 3] or, aligned for it, float32 [3, 224, 224]. Pixels and what normalisation_table() makes of
  // them give the same bits. A normalised image that holds NaN or an infinity has NaN for
  // responses.
  virtual std::uint8_t* input(std::size_t slot) = 0;
  // Starts computing the first n (1..max_batch) images of the slot.
  virtual void submit(std::size_t slot, std::size_t n) = 0;
  // Blocks until the slot's last submit is done. Rethrows what went wrong on the device.
  virtual Responses wait(std::size_t slot) = 0;
  // Of all batches waited for so far.
  virtual Findings findings() { return {}; }
};

// Bytes of working memory a program would own; mapped weights are not included.
struct MemoryUse {
  std::uint64_t host = 0;
  std::uint64_t device = 0;  // summed over devices; 0 on the CPU
};

// Every verb that takes a method throws Error{kDevice} for one that the device lacks.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;  // "cpu (2 threads, avx512)": for outputs and people
  // What the bits of a row depend on beside model, image, method and batch: "cpu avx512"; a card,
  // its driver and libraries. Equal texts, equal bits.
  virtual std::string arithmetic() const = 0;
  // What a passed selftest vouches for: card, driver, libraries, engine. Empty: needs none.
  virtual std::string identity() const { return {}; }
  // One sentence where this way of computing leaves much of the device's speed unused; else empty.
  virtual std::string advice(const Method&) const { return {}; }
  // Whether request.reduction would be computed without its vertices, from weights folded
  // beforehand.
  virtual bool folds(const Model&, const Request&) const { return false; }
  // The batch size of --batch auto: enough to keep the device busy, within its free memory.
  virtual std::size_t auto_batch(const Model& model, const Request& request,
                                 const Method& method) const = 0;
  // Before a program is made.
  virtual MemoryUse planned_memory(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) const = 0;
  // The model must outlive the program. Throws Error{kDevice} for memory it does not have,
  // Error{kModel} for weights whose checksum does not match.
  virtual std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                           std::size_t max_batch, const Method& method) = 0;
  // Runs every step of such a program once, on noise, and compares a sample of its output with the
  // reference in double precision, computed from what the step was given.
  virtual std::vector<StepCheck> selftest(const Model& model, const Request& request,
                                          std::size_t max_batch, const Method& method) = 0;
  // Times every step of such a program, by the device's own clock, `repetitions` times after one
  // that does not count.
  virtual std::vector<StepTime> measure(const Model& model, const Request& request,
                                        std::size_t max_batch, const Method& method,
                                        std::size_t repetitions) = 0;
};

struct DeviceOptions {
  std::string device = "auto";  // auto, cpu, cuda (the first), cuda:N, cuda:all, check:A,B
  unsigned threads = 0;         // of the CPU; 0: as many as this process may use
};

// One device, or several behind one face. "auto" is not a device: see trust.h. Throws
// Error{kDevice} saying why the device is not available.
std::unique_ptr<Backend> open_backend(const DeviceOptions& options);

}  // namespace corticast
