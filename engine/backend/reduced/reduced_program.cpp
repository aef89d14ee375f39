#include "engine/backend/reduced/reduced_program.h"

#include <utility>

#include "engine/backend/reduced/folding.h"
#include "kernels/cpu/threads.h"

namespace corticast {

ReducedProgram::ReducedProgram(std::unique_ptr<Program> inner, const Request& request,
                               std::size_t max_batch, unsigned threads)
    : inner_(std::move(inner)),
      reduction_(request.reduction),
      rows_(request.rows.size()),
      threads_(threads),
      slots_(inner_->slots()) {
  for (Slot& slot : slots_) {
    slot.responses.reserve(request.targets.size());
    for (std::size_t t = 0; t < request.targets.size(); ++t) {
      slot.responses.emplace_back(max_batch * reduction_->outputs());
      slot.views.push_back(slot.responses.back().data());
    }
  }
}

Responses ReducedProgram::wait(std::size_t slot) {
  const Responses vertices = inner_->wait(slot);
  if (vertices.columns != rows_) {
    throw Error(ErrorCode::kInternal, "a device answered with " + std::to_string(vertices.columns) +
                                          " columns for " + std::to_string(rows_) + " vertices");
  }
  const kernels::cpu::ThreadScope scope(threads_);
  const std::size_t outputs = reduction_->outputs();
  Slot& job = slots_.at(slot);
  for (std::size_t t = 0; t < job.responses.size(); ++t) {
    kernels::cpu::apply_functionals(functionals_of(*reduction_), vertices.targets[t], rows_,
                                    vertices.images, job.responses[t].data(), outputs);
  }
  return {vertices.images, outputs, job.views};
}

std::uint64_t ReducedProgram::planned_bytes(const Request& request, std::size_t max_batch) {
  constexpr std::uint64_t kSlots = 3;
  return kSlots * request.targets.size() * max_batch * request.reduction->outputs() * sizeof(float);
}

}  // namespace corticast
