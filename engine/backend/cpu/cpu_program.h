// One model compiled for one request on the CPU: a worker thread that takes submitted slots in
// order and runs the network on all threads.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/network.h"

namespace corticast::cpu {

class CpuProgram final : public Program {
 public:
  CpuProgram(const Model& model, const Request& request, std::size_t max_batch,
             const CpuMethod& method);
  ~CpuProgram() override;

  std::uint8_t* input(std::size_t slot) override;
  void submit(std::size_t slot, std::size_t n) override;
  Responses wait(std::size_t slot) override;

  static std::uint64_t planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                     const CpuMethod& method);

 private:
  static constexpr std::size_t kSlots = 3;

  struct Slot {
    std::vector<std::uint8_t> input;              // [max_batch] images of method.input
    std::vector<kernels::cpu::Buffer> responses;  // per target [max_batch, columns]
    std::vector<float*> targets;                  // of responses, to write
    std::vector<const float*> views;              // of responses, to read
    std::size_t images = 0;
    bool done = true;
    std::exception_ptr failure;
  };

  void work();
  void compute(Slot& job) const;

  const unsigned threads_;
  const InputKind kind_;
  const std::size_t max_batch_;
  Network network_;
  std::array<Slot, kSlots> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> queue_;
  bool stop_ = false;
  std::thread worker_;  // last: it uses everything above
};

}  // namespace corticast::cpu
