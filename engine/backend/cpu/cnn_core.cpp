#include "engine/backend/cpu/cnn_core.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/core_plan.h"
#include "engine/backend/cpu/steps/convolution.h"
#include "engine/backend/cpu/steps/interleave.h"
#include "engine/backend/cpu/steps/normalise.h"
#include "engine/backend/cpu/steps/pool.h"
#include "engine/backend/cpu/steps/winograd.h"

namespace corticast::cpu {
namespace {

// What a stage needs beside its activations.
struct Memory {
  std::size_t packed_bytes = 0;
  std::size_t scratch_bytes = 0;
};

struct MemoryOf {
  const CpuMethod& method;

  Memory operator()(const DirectStage& stage) const {
    using kernels::cpu::Conv2d;
    return {Conv2d::packed_bytes(stage.shape, method.isa),
            Conv2d::scratch_bytes(stage.shape, method.isa, method.threads)};
  }
  Memory operator()(const WinogradStage& stage) const {
    using kernels::cpu::WinogradConv2d;
    return {WinogradConv2d::packed_bytes(stage.shape, method.isa),
            WinogradConv2d::scratch_bytes(stage.shape, method.isa, method.threads)};
  }
  Memory operator()(const PoolStage&) const { return {}; }
};

// What all stages need together.
struct CoreMemory {
  std::uint64_t packed_bytes = 0;
  std::size_t scratch_bytes = 0;                // of the neediest; they run one after the other
  std::array<std::size_t, 2> activations = {};  // floats of the two buffers that they alternate in
};

// The normalised image is in buffer 0, and stage k writes into buffer (k + 1) % 2, but for the
// last.
CoreMemory memory_of(const std::vector<CoreStage>& plan, const CpuMethod& method) {
  CoreMemory sum;
  sum.activations[0] = kImageValues;
  for (std::size_t k = 0; k < plan.size(); ++k) {
    const Memory memory = std::visit(MemoryOf{method}, plan[k]);
    sum.packed_bytes += memory.packed_bytes;
    sum.scratch_bytes = std::max(sum.scratch_bytes, memory.scratch_bytes);
    if (k + 1 == plan.size()) continue;
    std::size_t& buffer = sum.activations[(k + 1) % 2];
    buffer = std::max(buffer, output_floats(plan[k]));
  }
  return sum;
}

struct MakeStep {
  const std::vector<CoreLayer>& layers;
  kernels::cpu::Isa isa;
  Activations from;
  Activations to;
  float* scratch;

  std::unique_ptr<Step> operator()(const DirectStage& stage) const {
    return std::make_unique<ConvolutionStep>(layers.at(stage.block), stage.block, stage.shape, isa,
                                             from, to, scratch);
  }
  std::unique_ptr<Step> operator()(const WinogradStage& stage) const {
    return std::make_unique<WinogradStep>(layers.at(stage.block), stage, isa, from, to, scratch);
  }
  std::unique_ptr<Step> operator()(const PoolStage& stage) const {
    return std::make_unique<PoolStep>(stage, from, to);
  }
};

std::unique_ptr<Step> first_step(InputKind input, Activations to) {
  if (input == InputKind::kNormalised) return std::make_unique<InterleaveStep>(to);
  return std::make_unique<NormaliseStep>(to);
}

}  // namespace

CnnCore::CnnCore(const Model& model, const CpuMethod& method, Activations features) {
  const std::vector<CoreStage> plan = core_plan(model.info().channels, method.precision);
  const CoreMemory memory = memory_of(plan, method);
  even_ = kernels::cpu::Buffer(memory.activations[0]);
  odd_ = kernels::cpu::Buffer(memory.activations[1]);
  scratch_ = kernels::cpu::Buffer(memory.scratch_bytes / sizeof(float));

  const std::vector<CoreLayer> layers = model.verified_core();
  Activations from{even_.data()};
  Activations to{odd_.data()};
  steps_.push_back(first_step(method.input, from));
  for (const CoreStage& stage : plan) {
    if (&stage == &plan.back()) to = features;
    steps_.push_back(std::visit(MakeStep{layers, method.isa, from, to, scratch_.data()}, stage));
    std::swap(from, to);
  }
}

std::uint64_t CnnCore::planned_bytes(int channels, const CpuMethod& method) {
  const CoreMemory memory = memory_of(core_plan(channels, method.precision), method);
  return memory.packed_bytes + memory.scratch_bytes +
         (memory.activations[0] + memory.activations[1]) * sizeof(float);
}

}  // namespace corticast::cpu
