#include "engine/backend/cpu/network.h"

#include "engine/backend/cpu/steps/bf16_readout.h"
#include "engine/backend/cpu/steps/folded_readout.h"
#include "engine/backend/cpu/steps/pack.h"
#include "engine/backend/cpu/steps/readout.h"
#include "engine/backend/cpu/steps/scatter.h"
#include "kernels/cpu/threads.h"

namespace corticast::cpu {
namespace {

std::size_t feature_floats(int channels) {
  return std::size_t{cnn8::kPositions} * static_cast<std::size_t>(channels);
}

// Of an image packed for the readouts.
std::size_t packed_floats(int channels, const CpuMethod& method) {
  return bf16_readouts(method)
             ? kernels::cpu::packed_image_words(channels, cnn8::kPositions)
             : kernels::cpu::packed_image_floats(channels, cnn8::kPositions, method.isa);
}

std::unique_ptr<Step> pack_step(int channels, const CpuMethod& method, Activations from,
                                Activations to) {
  if (bf16_readouts(method)) return std::make_unique<Bf16PackStep>(channels, from, to);
  return std::make_unique<PackStep>(channels, method.isa, from, to);
}

std::unique_ptr<Step> readout_step(const ReadoutTask& task, const CpuMethod& method,
                                   Activations packed, Activations to) {
  if (bf16_readouts(method)) return std::make_unique<Bf16ReadoutStep>(task, packed, to);
  return std::make_unique<ReadoutStep>(task, method.isa, packed, to);
}

}  // namespace

Network::Network(const Model& model, const Request& request, std::size_t max_batch,
                 const CpuMethod& method)
    : targets_(request.targets.size()),
      columns_(request.columns),
      rows_(request.rows),
      positions_(request.positions) {
  const kernels::cpu::ThreadScope scope(method.threads);
  const int channels = model.info().channels;
  features_ = kernels::cpu::Buffer(max_batch * feature_floats(channels));
  core_ = std::make_unique<CnnCore>(model, method, features(channels));
  if (request.reduction) {
    add_folded_readouts(model, request, max_batch, method);
  } else {
    add_readouts(model, request, max_batch, method);
  }
}

Activations Network::features(int channels) {
  return {features_.data(), feature_floats(channels)};
}

ReadoutTask Network::task(const Model& model, const Request& request, std::size_t target) {
  const int channels = model.info().channels;
  const Readout readout = model.verified_readout(request.targets[target].readout, rows_);
  return {request.targets[target].name,
          target,
          {channels, cnn8::kPositions, readout.spatial, readout.features, readout.bias},
          rows_,
          features(channels)};
}

void Network::add_readouts(const Model& model, const Request& request, std::size_t max_batch,
                           const CpuMethod& method) {
  const int channels = model.info().channels;
  const std::size_t packed = packed_floats(channels, method);
  packed_ = kernels::cpu::Buffer(max_batch * packed);
  const Activations images{packed_.data(), packed};
  heads_.push_back(pack_step(channels, method, features(channels), images));
  Activations result;
  if (!positions_.empty()) {
    packed_result_ = kernels::cpu::Buffer(max_batch * rows_.size());
    result = {packed_result_.data(), rows_.size()};
  }
  for (std::size_t t = 0; t < targets_; ++t) {
    heads_.push_back(readout_step(task(model, request, t), method, images, result));
    if (positions_.empty()) continue;
    heads_.push_back(
        std::make_unique<ScatterStep>(request.targets[t].name, t, positions_, columns_, result));
  }
}

void Network::add_folded_readouts(const Model& model, const Request& request, std::size_t max_batch,
                                  const CpuMethod& method) {
  const std::size_t scratch = kernels::cpu::FoldedReadout::scratch_bytes(
      model.info().channels, cnn8::kPositions, columns_, max_batch);
  folded_sums_ = kernels::cpu::Buffer(scratch / sizeof(float));
  heads_.reserve(targets_);
  for (std::size_t t = 0; t < targets_; ++t) {
    heads_.push_back(std::make_unique<FoldedReadoutStep>(task(model, request, t), request.reduction,
                                                         method.isa, folded_sums_.data()));
  }
}

void Network::run(const std::uint8_t* input, std::size_t images,
                  std::span<float* const> responses) const {
  walk({input, 0, images, responses}, [](Step& step, const Batch& batch) { step.run(batch); });
}

std::uint64_t Network::planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                     const CpuMethod& method) {
  using kernels::cpu::FoldedReadout;
  const std::uint64_t core = CnnCore::planned_bytes(channels, method) +
                             max_batch * feature_floats(channels) * sizeof(float);
  if (request.reduction) {
    const std::size_t outputs = request.columns;
    return core +
           request.targets.size() *
               FoldedReadout::packed_bytes(channels, cnn8::kPositions, outputs) +
           FoldedReadout::scratch_bytes(channels, cnn8::kPositions, outputs, max_batch);
  }
  const std::uint64_t packed = packed_floats(channels, method);
  const std::uint64_t masks = bf16_readouts(method) ? kernels::cpu::Bf16Readout::packed_bytes(
                                                          cnn8::kPositions, request.rows.size())
                                                    : 0;
  const std::uint64_t scattered = request.positions.empty() ? 0 : request.rows.size();
  return core + request.targets.size() * masks + max_batch * (packed + scattered) * sizeof(float);
}

}  // namespace corticast::cpu
