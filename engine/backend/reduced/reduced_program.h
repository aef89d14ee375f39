// A program that computes vertices, turned into one that answers with functionals of them.
#pragma once

#include <memory>
#include <vector>

#include "engine/backend/backend.h"
#include "kernels/cpu/buffer.h"

namespace corticast {

class ReducedProgram final : public Program {
 public:
  // inner: compiled for plain_request(request) and max_batch.
  ReducedProgram(std::unique_ptr<Program> inner, const Request& request, std::size_t max_batch,
                 unsigned threads);

  std::size_t slots() const override { return inner_->slots(); }
  std::uint8_t* input(std::size_t slot) override { return inner_->input(slot); }
  void submit(std::size_t slot, std::size_t n) override { inner_->submit(slot, n); }
  Responses wait(std::size_t slot) override;
  Findings findings() override { return inner_->findings(); }

  // Bytes beside the inner program's where that has three slots.
  static std::uint64_t planned_bytes(const Request& request, std::size_t max_batch);

 private:
  struct Slot {
    std::vector<kernels::cpu::Buffer> responses;  // per target [max_batch, outputs]
    std::vector<const float*> views;              // of them
  };

  std::unique_ptr<Program> inner_;
  std::shared_ptr<const Reduction> reduction_;
  std::size_t rows_;
  unsigned threads_;
  std::vector<Slot> slots_;
};

}  // namespace corticast
