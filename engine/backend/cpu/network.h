// The whole network on the CPU: a batch of images to the responses of every target.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/backend/cpu/cnn_core.h"
#include "engine/backend/cpu/cpu_method.h"
#include "engine/backend/cpu/steps/readout.h"
#include "engine/backend/cpu/steps/step.h"

namespace corticast::cpu {

// Owns the core's packed weights, masks in bf16 or folded readouts where they are wanted, and the
// working memory; reads features and float32 masks where they lie in the model, which must outlive
// it. Used by one thread at a time, which has set method.threads OpenMP threads or fewer.
class Network {
 public:
  // Verifies the weights it will read. Works on method.threads threads.
  Network(const Model& model, const Request& request, std::size_t max_batch,
          const CpuMethod& method);

  std::size_t targets() const { return targets_; }
  std::size_t columns() const { return columns_; }
  // Image by image, then on the whole batch.
  std::span<const std::unique_ptr<Step>> core() const { return core_->steps(); }
  std::span<const std::unique_ptr<Step>> heads() const { return heads_; }

  // Calls visit(step, what it is given) for every step and image in the order of running; visit
  // runs the step. batch.images <= max_batch, batch.first == 0.
  template <typename Visit>
  void walk(const Batch& batch, const Visit& visit) const {
    for (std::size_t n = 0; n < batch.images; ++n) {
      for (const auto& step : core()) visit(*step, Batch{batch.input, n, 1, batch.responses});
    }
    for (const auto& step : heads()) visit(*step, batch);
  }
  // input: images <= max_batch of method.input; responses: per target [images, columns].
  void run(const std::uint8_t* input, std::size_t images, std::span<float* const> responses) const;

  // Bytes such a network owns.
  static std::uint64_t planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                     const CpuMethod& method);

 private:
  Activations features(int channels);
  ReadoutTask task(const Model& model, const Request& request, std::size_t target);
  void add_readouts(const Model& model, const Request& request, std::size_t max_batch,
                    const CpuMethod& method);
  void add_folded_readouts(const Model& model, const Request& request, std::size_t max_batch,
                           const CpuMethod& method);

  const std::size_t targets_;
  const std::size_t columns_;
  const std::vector<std::uint32_t> rows_;
  const std::vector<std::uint32_t> positions_;
  kernels::cpu::Buffer features_;       // [max_batch] feature maps
  kernels::cpu::Buffer packed_;         // the same, packed; not for folded readouts
  kernels::cpu::Buffer packed_result_;  // [max_batch, rows], only when responses are scattered
  kernels::cpu::Buffer folded_sums_;    // scratch, only of folded readouts
  std::unique_ptr<CnnCore> core_;
  std::vector<std::unique_ptr<Step>> heads_;
};

}  // namespace corticast::cpu
