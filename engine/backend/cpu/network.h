// The whole network on the CPU: a batch of pixels to the responses of every target.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/backend/cpu/cnn_core.h"
#include "engine/backend/cpu/step_run.h"
#include "kernels/readout.h"

namespace corticast::cpu {

// Owns the packed core weights and the working memory; reads masks and features where they lie in
// the model, which must outlive it. Used by one thread at a time.
class Network {
 public:
  // Verifies the weights it will read. run() is called under `threads` OpenMP threads or fewer.
  Network(const Model& model, const Request& request, std::size_t max_batch, unsigned threads,
          kernels::cpu::Isa isa);

  std::size_t targets() const { return readouts_.size(); }
  std::size_t columns() const { return columns_; }
  // pixels: uint8 [images, 224, 224, 3], images <= max_batch; responses: per target [images,
  // columns].
  void run(const std::uint8_t* pixels, std::size_t images, std::span<float* const> responses,
           const StepObserver& observer = {});

  // Bytes such a network owns.
  static std::uint64_t planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                     unsigned threads, kernels::cpu::Isa isa);

 private:
  const kernels::cpu::Isa isa_;
  const std::size_t columns_;
  const std::vector<std::uint32_t> rows_;
  const std::vector<std::uint32_t> positions_;
  std::vector<kernels::ReadoutWeights> readouts_;  // per target
  CnnCore core_;
  AlignedBuffer packed_;         // [max_batch] packed feature maps
  AlignedBuffer packed_result_;  // [max_batch, rows], only when responses are scattered
};

}  // namespace corticast::cpu
