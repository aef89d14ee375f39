#include "engine/backend/cuda/cuda_program.h"

#include <cuda_runtime_api.h>

#include <string>
#include <utility>

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/load_weights.h"
#include "engine/backend/noise.h"
#include "engine/backend/non_finite.h"
#include "engine/base/text.h"

namespace corticast::cuda {

CudaProgram::CudaProgram(const Device& device, const Model& model, const Request& request,
                         std::size_t max_batch, const Method& method)
    : device_(device.use()),
      columns_(request.columns),
      shape_(program_shape(device, model.info().channels, max_batch, method)),
      tuning_(method.tune
                  ? tune_core(device, core_problems(shape_.channels, max_batch, shape_.numerics))
                  : CoreTuning{}),
      core_(plan_core(cudnn_, shape_.channels, max_batch, shape_.numerics, tuning_.plans)),
      layout_(shape_, core_, request),
      memory_(layout_.plan) {
  load_weights(model, request, shape_, core_, layout_, memory_);
  check(cudnn_library().set_stream(cudnn_.get(), compute_.get()), "setting cuDNN's stream");
  if (shape_.gemm_readout) {
    cublas_.emplace();
    cublas_->bind(compute_.get(), memory_.at<void>(layout_.gemm_workspace),
                  cublas_workspace_bytes(device_.compute_capability));
  }
  steps_ = program_steps(shape_, device_, {cudnn_, cublas_ ? &*cublas_ : nullptr}, request,
                         std::move(core_), layout_, memory_);
  for (std::size_t k = 0; k < kSlots; ++k) {
    const ProgramMemory::Slot& buffers = layout_.slots[k];
    for (std::size_t t = 0; t < buffers.responses.size(); ++t) {
      slots_[k].responses.push_back(memory_.at<float>(buffers.responses[t]));
      slots_[k].pinned.push_back(memory_.at<float>(buffers.pinned_responses[t]));
      slots_[k].views.push_back(slots_[k].pinned.back());
    }
  }
}

CudaProgram::~CudaProgram() {
  cudaSetDevice(device_.ordinal);
  for (const Stream* stream : {&upload_, &compute_, &download_}) {
    cudaStreamSynchronize(stream->get());
  }
}

std::uint8_t* CudaProgram::input(std::size_t slot) {
  return memory_.at<std::uint8_t>(layout_.slots.at(slot).pinned_input);
}

Batch CudaProgram::batch_of(std::size_t slot) const {
  return {compute_.get(), memory_.at<std::uint8_t>(layout_.slots[slot].input),
          slots_[slot].responses};
}

// What is no image is zeros on the device: it would be counted as beyond the range of a format.
void CudaProgram::upload_images(std::size_t slot, std::size_t n, const Stream& stream) {
  const std::size_t bytes = input_bytes(shape_.input);
  const std::vector<std::size_t>& bad = slots_[slot].non_finite;
  auto* const images = memory_.at<std::uint8_t>(layout_.slots[slot].input);
  const auto copy = [&](std::size_t to, std::size_t count) {
    check(cudaMemcpyAsync(images + to * bytes, input(slot), count * bytes, cudaMemcpyHostToDevice,
                          stream.get()),
          "copying images to the device");
  };
  const auto clear = [&](std::size_t image) {
    check(cudaMemsetAsync(images + image * bytes, 0, bytes, stream.get()),
          "clearing an image on the device");
  };
  copy(0, n);
  for (const std::size_t k : bad) clear(k);
  const bool first_is_bad = !bad.empty() && bad.front() == 0;
  for (std::size_t k = n; k < shape_.images; ++k) first_is_bad ? clear(k) : copy(k, 1);
}

void CudaProgram::download_responses(std::size_t slot, std::size_t n, const Stream& stream) {
  const ProgramMemory::Slot& buffers = layout_.slots[slot];
  for (std::size_t t = 0; t < buffers.responses.size(); ++t) {
    check(cudaMemcpyAsync(memory_.at<float>(buffers.pinned_responses[t]),
                          memory_.at<float>(buffers.responses[t]), n * columns_ * sizeof(float),
                          cudaMemcpyDeviceToHost, stream.get()),
          "copying responses from the device");
  }
}

void CudaProgram::submit(std::size_t slot, std::size_t n) {
  Slot& job = slots_.at(slot);
  if (job.busy || n == 0 || n > shape_.images) {
    throw Error(ErrorCode::kInternal, "slot " + std::to_string(slot) + " submitted with " +
                                          std::to_string(n) + " of " +
                                          std::to_string(shape_.images) + " images or while busy");
  }
  device_.use();
  if (shape_.input == InputKind::kNormalised) job.non_finite = non_finite_images(input(slot), n);
  upload_images(slot, n, upload_);
  upload_.record(job.uploaded);
  compute_.after(job.uploaded);
  for (const auto& step : steps_) step->run(batch_of(slot));
  compute_.record(job.computed);
  download_.after(job.computed);
  download_responses(slot, n, download_);
  download_.record(job.downloaded);
  job.images = n;
  job.busy = true;
}

Responses CudaProgram::wait(std::size_t slot) {
  Slot& job = slots_.at(slot);
  if (job.busy) {
    job.busy = false;
    device_.use();
    job.downloaded.wait("computing a batch");
    forget_responses(job.non_finite, columns_, job.pinned);
  }
  return {job.images, columns_, job.views};
}

// Counts include the repeated first image of a batch that was not full.
Findings CudaProgram::findings() {
  device_.use();
  std::array<Counter, ProgramCounters::kCount> counts{};
  check(cudaMemcpy(counts.data(), memory_.at<Counter>(layout_.counters), sizeof counts,
                   cudaMemcpyDeviceToHost),
        "reading counters");
  Findings findings;
  findings.notes = tuning_.notes;
  const auto add = [&](std::size_t counter, const std::string& where) {
    if (counts.at(counter) == 0) return;
    findings.warnings.push_back(where + ": " + grouped(counts.at(counter)) +
                                (counts.at(counter) == 1 ? " value" : " values") +
                                " beyond the range of " + to_string(shape_.numerics.precision) +
                                ": do not trust these responses, run again with --precision fp32");
  };
  add(ProgramCounters::kInput, "images");
  for (std::size_t k = 0; k < cnn8::kBlocks.size(); ++k) {
    add(ProgramCounters::of_block(k), "block " + std::to_string(k + 1));
  }
  add(ProgramCounters::kResponses, "responses");
  return findings;
}

std::vector<StepCheck> CudaProgram::selftest() {
  constexpr std::size_t kSamples = 1000;  // of each image looked at
  device_.use();
  fill_with_noise(shape_.input, input(0), shape_.images);
  upload_images(0, shape_.images, compute_);
  std::vector<StepCheck> checks;
  for (const auto& step : steps_) {
    step->run(batch_of(0));
    compute_.finish(step->name().c_str());
    checks.push_back(step->verify(batch_of(0), kSamples));
  }
  return checks;
}

std::vector<StepTime> CudaProgram::measure(std::size_t repetitions) {
  device_.use();
  fill_with_noise(shape_.input, input(0), shape_.images);
  const auto images = static_cast<double>(shape_.images * input_bytes(shape_.input));
  const auto responses =
      static_cast<double>(slots_[0].views.size() * shape_.images * columns_ * sizeof(float));
  std::vector<StepTime> times{{"upload", {}, 0, images}};
  for (const auto& step : steps_) {
    times.push_back({step->name(), {}, step->work().flops, step->work().bytes});
  }
  times.push_back({"download", {}, 0, responses});

  std::vector<TimedEvent> marks(times.size() + 1);
  for (std::size_t r = 0; r <= repetitions; ++r) {
    std::size_t next = 0;
    compute_.record(marks[next++]);
    upload_images(0, shape_.images, compute_);
    compute_.record(marks[next++]);
    for (const auto& step : steps_) {
      step->run(batch_of(0));
      compute_.record(marks[next++]);
    }
    download_responses(0, shape_.images, compute_);
    compute_.record(marks[next]);
    compute_.finish("measuring a batch");
    if (r == 0) continue;
    for (std::size_t i = 0; i < times.size(); ++i) {
      times[i].seconds.push_back(marks[i + 1].seconds_since(marks[i]));
    }
  }
  return times;
}

}  // namespace corticast::cuda
