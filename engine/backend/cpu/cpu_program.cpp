#include "engine/backend/cpu/cpu_program.h"

#include <utility>

#include "engine/backend/non_finite.h"
#include "kernels/cpu/threads.h"

namespace corticast::cpu {

CpuProgram::CpuProgram(const Model& model, const Request& request, std::size_t max_batch,
                       const CpuMethod& method)
    : threads_(method.threads),
      kind_(method.input),
      max_batch_(max_batch),
      network_(model, request, max_batch, method) {
  for (Slot& slot : slots_) {
    slot.input.resize(max_batch * input_bytes(kind_));
    for (std::size_t t = 0; t < network_.targets(); ++t) {
      slot.responses.emplace_back(max_batch * network_.columns());
      slot.targets.push_back(slot.responses.back().data());
      slot.views.push_back(slot.targets.back());
    }
  }
  worker_ = std::thread([this] { work(); });
}

CpuProgram::~CpuProgram() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  worker_.join();
}

std::uint8_t* CpuProgram::input(std::size_t slot) {
  return slots_.at(slot).input.data();
}

void CpuProgram::submit(std::size_t slot, std::size_t n) {
  const std::lock_guard lock(mutex_);
  Slot& job = slots_.at(slot);
  if (!job.done || n == 0 || n > max_batch_) {
    throw Error(ErrorCode::kInternal, "slot " + std::to_string(slot) + " submitted with " +
                                          std::to_string(n) + " of " + std::to_string(max_batch_) +
                                          " images or while busy");
  }
  queue_.push_back(slot);  // first: where it fails, the slot is as it was
  job.images = n;
  job.done = false;
  job.failure = nullptr;
  changed_.notify_all();
}

Responses CpuProgram::wait(std::size_t slot) {
  std::unique_lock lock(mutex_);
  Slot& job = slots_.at(slot);
  changed_.wait(lock, [&] { return job.done; });
  if (job.failure) std::rethrow_exception(std::exchange(job.failure, nullptr));
  return {job.images, network_.columns(), job.views};
}

void CpuProgram::compute(Slot& job) const {
  network_.run(job.input.data(), job.images, job.targets);
  if (kind_ == InputKind::kNormalised) {
    forget_responses(non_finite_images(job.input.data(), job.images), network_.columns(),
                     job.targets);
  }
}

void CpuProgram::work() {
  const kernels::cpu::ThreadScope scope(threads_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Slot& job = slots_[queue_.front()];
    queue_.pop_front();
    lock.unlock();
    std::exception_ptr failure;
    try {
      compute(job);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    job.failure = failure;
    job.done = true;
    changed_.notify_all();
  }
}

std::uint64_t CpuProgram::planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                        const CpuMethod& method) {
  const std::uint64_t responses = request.targets.size() * request.columns * sizeof(float);
  return Network::planned_bytes(channels, request, max_batch, method) +
         max_batch * kSlots * (input_bytes(method.input) + responses);
}

}  // namespace corticast::cpu
