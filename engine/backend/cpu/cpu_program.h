// One model compiled for one request on the CPU: a worker thread that takes submitted slots in
// order and runs core and readouts, each on all threads.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/cnn_core.h"
#include "kernels/readout.h"

namespace corticast::cpu {

class CpuProgram final : public Program {
 public:
  CpuProgram(const Model& model, const Request& request, std::size_t max_batch, unsigned threads,
             kernels::cpu::Isa isa);
  ~CpuProgram() override;

  std::uint8_t* input(std::size_t slot) override;
  void submit(std::size_t slot, std::size_t n) override;
  Responses wait(std::size_t slot) override;

  static std::uint64_t planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                     unsigned threads, kernels::cpu::Isa isa);

 private:
  static constexpr std::size_t kSlots = 3;

  struct Slot {
    std::vector<std::uint8_t> pixels;      // [max_batch, 224, 224, 3]
    std::vector<AlignedBuffer> responses;  // per target [max_batch, columns]
    std::vector<const float*> views;       // of responses
    std::size_t images = 0;
    bool done = true;
    std::exception_ptr failure;
  };

  void work();
  void compute(Slot& slot);

  const unsigned threads_;
  const kernels::cpu::Isa isa_;
  const std::size_t max_batch_;
  const std::size_t columns_;
  const std::vector<std::uint32_t> rows_;
  const std::vector<std::uint32_t> positions_;
  std::vector<kernels::ReadoutWeights> readouts_;  // per target
  CnnCore core_;
  AlignedBuffer packed_;         // [max_batch] packed feature maps
  AlignedBuffer packed_result_;  // [max_batch, rows], only when responses are scattered
  std::array<Slot, kSlots> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> queue_;
  bool stop_ = false;
  std::thread worker_;  // last: it uses everything above
};

}  // namespace corticast::cpu
