#include "engine/backend/cpu/cpu_program.h"

#include <utility>

#include "kernels/cpu/threads.h"
#include "kernels/scatter.h"

namespace corticast::cpu {

CpuProgram::CpuProgram(const Model& model, const Request& request, std::size_t max_batch,
                       unsigned threads, kernels::cpu::Isa isa)
    : threads_(threads),
      isa_(isa),
      max_batch_(max_batch),
      columns_(request.columns),
      rows_(request.rows),
      positions_(request.positions),
      core_(model, threads, isa) {
  const int channels = model.info().channels;
  for (const Target& target : request.targets) {
    const Readout readout = model.verified_readout(target.readout, rows_);
    readouts_.push_back(
        {channels, cnn8::kPositions, readout.spatial, readout.features, readout.bias});
  }
  packed_ =
      AlignedBuffer(max_batch * kernels::cpu::packed_image_floats(channels, cnn8::kPositions, isa));
  if (!positions_.empty()) packed_result_ = AlignedBuffer(max_batch * rows_.size());
  for (Slot& slot : slots_) {
    slot.pixels.resize(max_batch * kImageBytes);
    for (std::size_t t = 0; t < readouts_.size(); ++t) {
      slot.responses.emplace_back(max_batch * columns_);
      slot.views.push_back(slot.responses.back().data());
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
  return slots_.at(slot).pixels.data();
}

void CpuProgram::submit(std::size_t slot, std::size_t n) {
  const std::lock_guard lock(mutex_);
  Slot& job = slots_.at(slot);
  if (!job.done || n == 0 || n > max_batch_) {
    throw Error(ErrorCode::kInternal, "slot " + std::to_string(slot) + " submitted with " +
                                          std::to_string(n) + " of " + std::to_string(max_batch_) +
                                          " images or while busy");
  }
  job.images = n;
  job.done = false;
  job.failure = nullptr;
  queue_.push_back(slot);
  changed_.notify_all();
}

Responses CpuProgram::wait(std::size_t slot) {
  std::unique_lock lock(mutex_);
  Slot& job = slots_.at(slot);
  changed_.wait(lock, [&] { return job.done; });
  if (job.failure) std::rethrow_exception(std::exchange(job.failure, nullptr));
  return {job.images, columns_, job.views};
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

void CpuProgram::compute(Slot& slot) {
  const int channels = core_.channels();
  const std::size_t image_floats =
      kernels::cpu::packed_image_floats(channels, cnn8::kPositions, isa_);
  for (std::size_t n = 0; n < slot.images; ++n) {
    const float* features = core_.run(slot.pixels.data() + n * kImageBytes);
    kernels::cpu::pack_image(features, channels, cnn8::kPositions, isa_,
                             packed_.data() + n * image_floats);
  }
  const bool scattered = !positions_.empty();
  for (std::size_t t = 0; t < readouts_.size(); ++t) {
    float* responses = slot.responses[t].data();
    float* result = scattered ? packed_result_.data() : responses;
    kernels::cpu::readout(readouts_[t], rows_, packed_.data(), slot.images, isa_, result,
                          rows_.size());
    if (!scattered) continue;
    for (std::size_t n = 0; n < slot.images; ++n) {
      kernels::cpu::scatter_row(result + n * rows_.size(), positions_, columns_,
                                responses + n * columns_);
    }
  }
}

std::uint64_t CpuProgram::planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                        unsigned threads, kernels::cpu::Isa isa) {
  const std::uint64_t packed =
      kernels::cpu::packed_image_floats(channels, cnn8::kPositions, isa) * sizeof(float);
  const std::uint64_t responses = request.targets.size() * request.columns * sizeof(float);
  const std::uint64_t scattered =
      request.positions.empty() ? 0 : request.rows.size() * sizeof(float);
  return CnnCore::planned_bytes(channels, threads, isa) +
         max_batch * (packed + scattered + kSlots * (kImageBytes + responses));
}

}  // namespace corticast::cpu
