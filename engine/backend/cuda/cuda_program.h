// One model compiled for one request on one CUDA device, float32. Batches are always full: what a
// short one lacks is zeros whose results are dropped, so an image's bits depend on nothing else.
#pragma once

#include <array>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/device.h"
#include "engine/backend/cuda/program_memory.h"
#include "engine/backend/cuda/stream.h"

namespace corticast::cuda {

class CudaProgram final : public Program {
 public:
  // precision: kFp32 or kFp32Strict.
  CudaProgram(const Device& device, const Model& model, const Request& request,
              std::size_t max_batch, Precision precision);
  // Waits for work that was submitted.
  ~CudaProgram() override;

  std::uint8_t* input(std::size_t slot) override;
  void submit(std::size_t slot, std::size_t n) override;
  Responses wait(std::size_t slot) override;

 private:
  static constexpr std::size_t kSlots = 3;

  struct Slot {
    Event uploaded;
    Event computed;
    Event downloaded;
    std::vector<const float*> views;  // of the pinned responses
    std::size_t images = 0;
    bool busy = false;
  };

  // Where a step of the core reads and writes.
  struct Route {
    const float* in;
    float* convolved;
    float* out;  // pooled; the same as convolved where there is no pool
  };

  void upload_weights(const Model& model, const Request& request);
  void bind_core();
  // The whole batch of the slot, from pixels to responses, into the compute stream.
  void compute(std::size_t slot);
  void compute_core(const std::uint8_t* pixels);
  void compute_head(std::size_t target, float* responses);

  const Device device_;
  const int channels_;
  const std::size_t max_batch_;
  const std::size_t rows_;
  const std::size_t columns_;
  const bool scattered_;
  Stream upload_;
  Stream compute_;
  Stream download_;
  CudnnHandle handle_;
  std::vector<CoreStep> steps_;
  const ProgramMemory layout_;
  const DeviceMemory memory_;
  std::vector<Route> routes_;  // of steps_; the last ends at the readouts' input [N, positions, C]
  std::array<Slot, kSlots> slots_;
};

}  // namespace corticast::cuda
