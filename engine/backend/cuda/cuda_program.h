// One model compiled for one request on one CUDA device. Batches are always full: what a short one
// lacks is its first image again, whose results are dropped, so an image's bits depend on nothing
// else.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/core_tuning.h"
#include "engine/backend/cuda/device.h"
#include "engine/backend/cuda/program_memory.h"
#include "engine/backend/cuda/program_steps.h"
#include "engine/backend/cuda/stream.h"

namespace corticast::cuda {

class CudaProgram final : public Program {
 public:
  CudaProgram(const Device& device, const Model& model, const Request& request,
              std::size_t max_batch, const Method& method);
  // Waits for work that was submitted.
  ~CudaProgram() override;

  std::uint8_t* input(std::size_t slot) override;
  void submit(std::size_t slot, std::size_t n) override;
  Responses wait(std::size_t slot) override;
  Findings findings() override;

  // Of the seam's verbs of the same names; no slot may be in flight. Both use slot 0.
  std::vector<StepCheck> selftest();
  std::vector<StepTime> measure(std::size_t repetitions);

 private:
  static constexpr std::size_t kSlots = 3;

  struct Slot {
    Event uploaded;
    Event computed;
    Event downloaded;
    std::vector<float*> responses;        // of the device
    std::vector<float*> pinned;           // responses of the host
    std::vector<const float*> views;      // of the same, to read
    std::vector<std::size_t> non_finite;  // images without responses, only of normalised input
    std::size_t images = 0;
    bool busy = false;
  };

  // The parts of a batch, each into a stream.
  void upload_images(std::size_t slot, std::size_t n, const Stream& stream);
  Batch batch_of(std::size_t slot) const;
  void download_responses(std::size_t slot, std::size_t n, const Stream& stream);

  const Device device_;
  const std::size_t columns_;
  const ProgramShape shape_;
  Stream upload_;
  Stream compute_;
  Stream download_;
  CudnnHandle cudnn_;
  std::optional<CublasHandle> cublas_;
  const CoreTuning tuning_;     // empty unless it was asked for
  std::vector<CoreStep> core_;  // emptied when the steps are made
  const ProgramMemory layout_;
  const DeviceMemory memory_;
  std::vector<std::unique_ptr<Step>> steps_;
  std::array<Slot, kSlots> slots_;
};

}  // namespace corticast::cuda
