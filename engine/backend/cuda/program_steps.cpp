#include "engine/backend/cuda/program_steps.h"

#include <utility>

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/steps/convolution_step.h"
#include "engine/backend/cuda/steps/count_step.h"
#include "engine/backend/cuda/steps/gemm_readout_step.h"
#include "engine/backend/cuda/steps/normalize_step.h"
#include "engine/backend/cuda/steps/planes_step.h"
#include "engine/backend/cuda/steps/pool_step.h"
#include "engine/backend/cuda/steps/readout_step.h"
#include "engine/backend/cuda/steps/scatter_step.h"

namespace corticast::cuda {
namespace {

class StepList {
 public:
  StepList(const ProgramShape& shape, const Device& device, const StepLibraries& libraries,
           const ProgramMemory& layout, const DeviceMemory& memory)
      : shape_(shape),
        device_(device),
        libraries_(libraries),
        layout_(layout),
        memory_(memory),
        activations_{memory.at<void>(layout.even), memory.at<void>(layout.odd)} {}

  void add_input() {
    current_ = memory_.at<void>(layout_.normalized);
    if (shape_.input == InputKind::kNormalised) {
      add<PlanesStep>(shape_.numerics, shape_.images, current_,
                      memory_.at<Counter>(layout_.counters) + ProgramCounters::kInput);
    } else {
      add<NormalizeStep>(shape_.numerics, shape_.images, memory_.at<float>(layout_.table),
                         current_);
    }
  }

  void add_block(std::size_t k, CoreStep step) {
    const std::string label = "block " + std::to_string(k + 1);
    Counter* const counter = memory_.at<Counter>(layout_.counters) + ProgramCounters::of_block(k);
    void* const convolved = next_activation();
    add<ConvolutionStep>(libraries_.cudnn, label, k == 0 ? cnn8::kInputChannels : shape_.channels,
                         step.shape, shape_.images, shape_.numerics, std::move(step.convolution),
                         ConvolutionBuffers{current_, memory_.at<void>(layout_.layers[k].weight),
                                            memory_.at<void>(layout_.layers[k].bias), convolved,
                                            memory_.at<void>(layout_.workspace)});
    current_ = convolved;
    if (step.block.pool == cnn8::Pool::kNone) {
      if (shape_.numerics.element == kernels::cuda::Element::kFloat16) {
        add_count(label, current_, values(step.shape), counter);
      }
      return;
    }
    const bool last = k + 1 == cnn8::kBlocks.size();
    void* const pooled = last ? memory_.at<void>(layout_.feature_maps) : next_activation();
    const kernels::cuda::PoolShape pool{shape_.images, shape_.channels, step.shape.out_height(),
                                        step.shape.out_width(),
                                        step.block.pool == cnn8::Pool::kHalve ? 2 : 1};
    const std::size_t positions = last ? stored_positions(shape_.numerics, cnn8::kPositions)
                                       : static_cast<std::size_t>(pool.out_height()) *
                                             static_cast<std::size_t>(pool.out_width());
    add<PoolStep>(label, pool, shape_.numerics,
                  last ? PoolStep::To::kReadouts : PoolStep::To::kCore, positions, current_, pooled,
                  counter);
    current_ = pooled;
  }

  void add_head(const Request& request, std::size_t t) {
    const std::string& subject = request.targets[t].name;
    const ProgramMemory::Head& head = layout_.heads[t];
    const std::size_t rows = request.rows.size();
    const bool scattered = !request.positions.empty();
    const ReadoutOperands operands{shape_.numerics,
                                   shape_.images,
                                   rows,
                                   cnn8::kPositions,
                                   shape_.channels,
                                   memory_.at<void>(head.spatial),
                                   memory_.at<void>(head.features),
                                   memory_.at<float>(head.bias),
                                   current_};
    const ReadoutResult result{t, scattered ? memory_.at<float>(layout_.packed_result) : nullptr};
    if (libraries_.cublas != nullptr) {
      add<GemmReadoutStep>(*libraries_.cublas, subject, device_.l2_bytes, operands, result,
                           memory_.at<float>(layout_.gemm_products));
    } else {
      add<ReadoutStep>(subject, device_.card(), operands, result);
    }
    if (shape_.numerics.tensor_cores()) {
      steps_.push_back(std::make_unique<CountStep>(
          subject, kernels::cuda::Element::kFloat32,
          [result](const Batch& batch) -> const void* { return result.of(batch); },
          shape_.images* rows,
          memory_.at<Counter>(layout_.counters) + ProgramCounters::kResponses));
    }
    if (scattered) {
      add<ScatterStep>(subject, t, shape_.images, rows, std::size_t{request.columns},
                       memory_.at<float>(layout_.packed_result),
                       memory_.at<std::uint32_t>(layout_.sources));
    }
  }

  std::vector<std::unique_ptr<Step>> take() { return std::move(steps_); }

 private:
  template <typename Kind, typename... Arguments>
  void add(Arguments&&... arguments) {
    steps_.push_back(std::make_unique<Kind>(std::forward<Arguments>(arguments)...));
  }

  void add_count(const std::string& label, const void* x, std::size_t size, Counter* counter) {
    steps_.push_back(std::make_unique<CountStep>(
        label, shape_.numerics.element, [x](const Batch&) { return x; }, size, counter));
  }

  std::size_t values(const kernels::Conv2dShape& shape) const {
    return shape_.images * static_cast<std::size_t>(shape.out_channels) *
           static_cast<std::size_t>(shape.out_height()) *
           static_cast<std::size_t>(shape.out_width());
  }

  void* next_activation() { return activations_[turn_++ % 2]; }

  const ProgramShape& shape_;
  const Device& device_;
  const StepLibraries& libraries_;
  const ProgramMemory& layout_;
  const DeviceMemory& memory_;
  void* activations_[2];
  std::size_t turn_ = 0;
  void* current_ = nullptr;  // what the next step reads
  std::vector<std::unique_ptr<Step>> steps_;
};

}  // namespace

std::vector<std::unique_ptr<Step>> program_steps(const ProgramShape& shape, const Device& device,
                                                 const StepLibraries& libraries,
                                                 const Request& request, std::vector<CoreStep> core,
                                                 const ProgramMemory& layout,
                                                 const DeviceMemory& memory) {
  StepList list(shape, device, libraries, layout, memory);
  list.add_input();
  for (std::size_t k = 0; k < core.size(); ++k) list.add_block(k, std::move(core[k]));
  for (std::size_t t = 0; t < request.targets.size(); ++t) list.add_head(request, t);
  return list.take();
}

}  // namespace corticast::cuda
