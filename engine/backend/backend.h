// The seam between the pipeline and a device. Everything a device does is behind these verbs;
// nothing above knows what a core or a readout is made of, nothing below knows a file or a ROI.
//
//   - backend = open_backend(options)
//   - program = backend->compile(model, request, max_batch, precision)
//   - pixels = program->input(slot): loaders write images straight into it
//   - program->submit(slot, n): returns at once
//   - responses = program->wait(slot): valid until the slot is submitted again
//
// Three slots let loading, computing and writing overlap on any device.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/atlas/request.h"
#include "engine/base/error.h"
#include "engine/model/model.h"

namespace corticast {

enum class Precision { kFp32, kFp32Strict, kTf32, kFp16, kBf16 };

// "fp32" -> kFp32 and so on; throws Error{kUsage} with the list for anything else.
Precision parse_precision(const std::string& text);
std::string to_string(Precision precision);

inline constexpr std::size_t kImageBytes = 224 * 224 * 3;  // one image: uint8 [224, 224, 3], RGB

// Responses of one batch: for target t, image n, column c: data[t][n * columns + c], float32.
// A view into the program's memory.
struct Responses {
  std::size_t images = 0;
  std::size_t columns = 0;
  std::span<const float* const> targets;
};

// A model compiled for one request on one device. One thread drives a program (input, submit,
// wait); other threads may write into input memory of slots that are not submitted. The same image
// gives the same bits whatever the other images, the slot, the batch fill and the thread count.
class Program {
 public:
  static constexpr std::size_t kSlots = 3;

  virtual ~Program() = default;
  // uint8 [max_batch, 224, 224, 3], owned by the program.
  virtual std::uint8_t* input(std::size_t slot) = 0;
  // Starts computing the first n (1..max_batch) images of the slot.
  virtual void submit(std::size_t slot, std::size_t n) = 0;
  // Blocks until the slot's last submit is done. Rethrows what went wrong on the device.
  virtual Responses wait(std::size_t slot) = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;  // "cpu (2 threads, avx512)": for outputs and people
  virtual std::size_t default_batch() const = 0;
  // Bytes of working memory a program would own, before it is made; mapped weights not included.
  // Throws Error{kDevice} for a precision the device lacks.
  virtual std::uint64_t planned_bytes(const Model& model, const Request& request,
                                      std::size_t max_batch, Precision precision) const = 0;
  // The model must outlive the program. Throws Error{kDevice} for a precision the device lacks or
  // memory it does not have, Error{kModel} for weights whose checksum does not match.
  virtual std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                           std::size_t max_batch, Precision precision) = 0;
};

struct DeviceOptions {
  std::string device = "auto";  // auto, cpu, cuda (the first), cuda:N
  unsigned threads = 0;         // of the CPU; 0: as many as this process may use
};

// auto is the CPU: no GPU has run the CUDA backend yet. Throws Error{kDevice} saying why the device
// is not available.
std::unique_ptr<Backend> open_backend(const DeviceOptions& options);

}  // namespace corticast
