#include "engine/backend/cuda/cuda_program.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/backend/cuda/upload.h"
#include "engine/image/preprocess.h"
#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

CudaProgram::CudaProgram(const Device& device, const Model& model, const Request& request,
                         std::size_t max_batch, Precision precision)
    : device_(device.use()),
      channels_(model.info().channels),
      max_batch_(max_batch),
      rows_(request.rows.size()),
      columns_(request.columns),
      scattered_(!request.positions.empty()),
      steps_(plan_core(handle_, channels_, max_batch, numerics_of(precision, device_))),
      layout_(steps_, channels_, request, max_batch),
      memory_(layout_.plan) {
  upload_weights(model, request);
  bind_core();
  check(cudnn_library().set_stream(handle_.get(), compute_.get()), "setting cuDNN's stream");
  for (std::size_t k = 0; k < kSlots; ++k) {
    for (const BufferId id : layout_.slots[k].pinned_responses) {
      slots_[k].views.push_back(memory_.at<float>(id));
    }
  }
}

CudaProgram::~CudaProgram() {
  cudaSetDevice(device_.ordinal);
  for (const Stream* stream : {&upload_, &compute_, &download_}) {
    cudaStreamSynchronize(stream->get());
  }
}

void CudaProgram::upload_weights(const Model& model, const Request& request) {
  Uploader uploader;
  uploader.copy(normalisation_table().data(), normalisation_table().size_bytes(),
                memory_.at<float>(layout_.table), "the normalisation table");
  const std::vector<CoreLayer> core = model.verified_core();
  for (std::size_t k = 0; k < core.size(); ++k) {
    const std::string name = "block " + std::to_string(k + 1);
    uploader.copy(core[k].weight, steps_[k].weight_floats() * sizeof(float),
                  memory_.at<float>(layout_.layers[k].weight), name);
    uploader.copy(core[k].bias, static_cast<std::size_t>(channels_) * sizeof(float),
                  memory_.at<float>(layout_.layers[k].bias), name);
  }
  for (std::size_t t = 0; t < request.targets.size(); ++t) {
    const Target& target = request.targets[t];
    const Readout readout = model.verified_readout(target.readout, request.rows);
    const ProgramMemory::Head& head = layout_.heads[t];
    uploader.gather(readout.spatial, cnn8::kPositions, request.rows,
                    memory_.at<float>(head.spatial), target.name);
    uploader.gather(readout.features, static_cast<std::uint64_t>(channels_), request.rows,
                    memory_.at<float>(head.features), target.name);
    uploader.gather(readout.bias, 1, request.rows, memory_.at<float>(head.bias), target.name);
  }
  if (!scattered_) return;
  std::vector<std::uint32_t> sources(columns_, kernels::cuda::kNoSource);
  for (std::size_t i = 0; i < rows_; ++i) {
    sources.at(request.positions[i]) = static_cast<std::uint32_t>(i);
  }
  uploader.copy(sources.data(), sources.size() * sizeof(std::uint32_t),
                memory_.at<std::uint32_t>(layout_.sources), "positions");
}

void CudaProgram::bind_core() {
  const float* source = memory_.at<float>(layout_.normalized);
  float* target = memory_.at<float>(layout_.even);
  float* other = memory_.at<float>(layout_.odd);
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    Route route{source, target, target};
    source = std::exchange(target, std::exchange(other, target));
    if (steps_[k].block.pool != cnn8::Pool::kNone) {
      route.out = target;
      source = std::exchange(target, std::exchange(other, target));
    }
    routes_.push_back(route);
    steps_[k].convolution.bind(route.in, memory_.at<float>(layout_.layers[k].weight),
                               memory_.at<float>(layout_.layers[k].bias), route.convolved,
                               memory_.at<void>(layout_.workspace));
  }
}

std::uint8_t* CudaProgram::input(std::size_t slot) {
  return memory_.at<std::uint8_t>(layout_.slots.at(slot).pinned_pixels);
}

void CudaProgram::submit(std::size_t slot, std::size_t n) {
  Slot& job = slots_.at(slot);
  if (job.busy || n == 0 || n > max_batch_) {
    throw Error(ErrorCode::kInternal, "slot " + std::to_string(slot) + " submitted with " +
                                          std::to_string(n) + " of " + std::to_string(max_batch_) +
                                          " images or while busy");
  }
  device_.use();
  const ProgramMemory::Slot& buffers = layout_.slots[slot];
  auto* pixels = memory_.at<std::uint8_t>(buffers.pixels);
  check(
      cudaMemcpyAsync(pixels, input(slot), n * kImageBytes, cudaMemcpyHostToDevice, upload_.get()),
      "copying images to the device");
  if (n < max_batch_) {
    check(
        cudaMemsetAsync(pixels + n * kImageBytes, 0, (max_batch_ - n) * kImageBytes, upload_.get()),
        "filling a batch");
  }
  upload_.record(job.uploaded);
  compute_.after(job.uploaded);
  compute(slot);
  compute_.record(job.computed);
  download_.after(job.computed);
  for (std::size_t t = 0; t < buffers.responses.size(); ++t) {
    check(cudaMemcpyAsync(memory_.at<float>(buffers.pinned_responses[t]),
                          memory_.at<float>(buffers.responses[t]), n * columns_ * sizeof(float),
                          cudaMemcpyDeviceToHost, download_.get()),
          "copying responses from the device");
  }
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
  }
  return {job.images, columns_, job.views};
}

void CudaProgram::compute(std::size_t slot) {
  const ProgramMemory::Slot& buffers = layout_.slots[slot];
  compute_core(memory_.at<std::uint8_t>(buffers.pixels));
  for (std::size_t t = 0; t < buffers.responses.size(); ++t) {
    compute_head(t, memory_.at<float>(buffers.responses[t]));
  }
}

void CudaProgram::compute_core(const std::uint8_t* pixels) {
  check(kernels::cuda::normalize_pixels(pixels, max_batch_,
                                        std::size_t{cnn8::kInputSide} * cnn8::kInputSide,
                                        memory_.at<float>(layout_.table),
                                        memory_.at<float>(layout_.normalized), compute_.get()),
        "normalising images");
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const CoreStep& step = steps_[k];
    step.convolution.run(handle_);
    if (step.block.pool == cnn8::Pool::kNone) continue;
    const kernels::cuda::PoolShape shape{max_batch_, channels_, step.shape.out_height(),
                                         step.shape.out_width(),
                                         step.block.pool == cnn8::Pool::kHalve ? 2 : 1};
    const auto pool = k + 1 == steps_.size() ? kernels::cuda::pool2d_average_to_channels_last
                                             : kernels::cuda::pool2d_average;
    check(pool(shape, routes_[k].convolved, routes_[k].out, compute_.get()), "pooling");
  }
}

void CudaProgram::compute_head(std::size_t target, float* responses) {
  const ProgramMemory::Head& head = layout_.heads[target];
  float* const packed = scattered_ ? memory_.at<float>(layout_.packed_result) : responses;
  check(kernels::cuda::readout(
            {max_batch_, rows_, cnn8::kPositions, channels_, device_.multiprocessors},
            memory_.at<float>(head.spatial), memory_.at<float>(head.features),
            memory_.at<float>(head.bias), routes_.back().out, packed, compute_.get()),
        "reading out");
  if (!scattered_) return;
  check(kernels::cuda::scatter_columns(packed, max_batch_, rows_,
                                       memory_.at<std::uint32_t>(layout_.sources), columns_,
                                       responses, compute_.get()),
        "spreading responses");
}

}  // namespace corticast::cuda
