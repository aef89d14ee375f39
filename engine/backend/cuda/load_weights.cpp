#include "engine/backend/cuda/load_weights.h"

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/filter_rounding.h"
#include "engine/backend/cuda/steps/readout_operands.h"
#include "engine/backend/cuda/upload.h"
#include "engine/base/text.h"
#include "engine/image/preprocess.h"

namespace corticast::cuda {
namespace {

using kernels::cuda::Element;

class Loader {
 public:
  Loader(const ProgramShape& shape, const ProgramMemory& layout, const DeviceMemory& memory)
      : shape_(shape),
        layout_(layout),
        memory_(memory),
        counters_(memory.at<Counter>(layout.counters)),
        uploader_(memory.at<void>(layout.even), layout.activation_bytes,
                  counters_ + ProgramCounters::kWeights) {
    uploader_.zero(counters_, ProgramCounters::kCount * sizeof(Counter), "counters");
    uploader_.zero(memory.at<void>(layout.feature_maps),
                   shape.images * stored_positions(shape.numerics, cnn8::kPositions) *
                       static_cast<std::uint64_t>(shape.channels) * shape.numerics.bytes(),
                   "feature maps");
  }

  void normalisation() {
    if (shape_.input != InputKind::kPixels) return;
    uploader_.copy(normalisation_table().data(), normalisation_table().size_bytes(),
                   memory_.at<float>(layout_.table), "the normalisation table");
  }

  void block(std::size_t k, const CoreLayer& layer, const CoreStep& step) {
    const std::string what = "block " + std::to_string(k + 1);
    const std::uint32_t only = 0;
    const RowMatrix bias{layer.bias, static_cast<std::uint64_t>(shape_.channels), {&only, 1}};
    void* const to = memory_.at<void>(layout_.layers[k].weight);
    if (shape_.numerics.layout == Layout::kPlanes) {
      uploader_.copy(layer.weight, step.weight_values() * sizeof(float), to, what);
    } else {
      const std::size_t size = static_cast<std::size_t>(layer.in_channels) *
                               static_cast<std::size_t>(layer.block.kernel) *
                               static_cast<std::size_t>(layer.block.kernel);
      const std::vector<float> rounded =
          round_filters(layer.weight, static_cast<std::size_t>(layer.out_channels), size,
                        shape_.numerics.element);
      uploader_.filters(rounded.data(), layer.in_channels, step.shape, shape_.numerics.element, to,
                        what);
    }
    matrix(bias, bias.width, memory_.at<void>(layout_.layers[k].bias), what);
    refuse_overflow(what);
  }

  void head(std::size_t t, const Target& target, const Readout& readout,
            std::span<const std::uint32_t> rows) {
    const ProgramMemory::Head& to = layout_.heads[t];
    const auto channels = static_cast<std::uint64_t>(shape_.channels);
    matrix({readout.spatial, cnn8::kPositions, rows},
           stored_positions(shape_.numerics, cnn8::kPositions), memory_.at<void>(to.spatial),
           target.name);
    matrix({readout.features, channels, rows}, channels, memory_.at<void>(to.features),
           target.name);
    uploader_.rows({readout.bias, 1, rows}, memory_.at<float>(to.bias), target.name);
    refuse_overflow(target.name);
  }

  void sources(const Request& request) {
    if (request.positions.empty()) return;
    std::vector<std::uint32_t> sources(request.columns, kernels::cuda::kNoSource);
    for (std::size_t i = 0; i < request.rows.size(); ++i) {
      sources.at(request.positions[i]) = static_cast<std::uint32_t>(i);
    }
    uploader_.copy(sources.data(), sources.size() * sizeof(std::uint32_t),
                   memory_.at<std::uint32_t>(layout_.sources), "positions");
  }

 private:
  void matrix(const RowMatrix& from, std::uint64_t padded, void* to, const std::string& what) {
    if (shape_.numerics.element == Element::kFloat32 && padded == from.width) {
      uploader_.rows(from, static_cast<float*>(to), what);
    } else {
      uploader_.rows(from, padded, shape_.numerics.element, to, what);
    }
  }

  void refuse_overflow(const std::string& what) const {
    if (shape_.numerics.element == Element::kFloat32) return;
    Counter overflows = 0;
    check(cudaMemcpy(&overflows, counters_ + ProgramCounters::kWeights, sizeof overflows,
                     cudaMemcpyDeviceToHost),
          "reading counters");
    if (overflows == 0) return;
    throw Error(ErrorCode::kDevice,
                grouped(overflows) + (overflows == 1 ? " weight" : " weights") + " of " + what +
                    " beyond the range of " + to_string(shape_.numerics.precision),
                "Use --precision bf16, tf32 or fp32.");
  }

  const ProgramShape& shape_;
  const ProgramMemory& layout_;
  const DeviceMemory& memory_;
  Counter* counters_;
  Uploader uploader_;
};

}  // namespace

void load_weights(const Model& model, const Request& request, const ProgramShape& shape,
                  const std::vector<CoreStep>& core, const ProgramMemory& layout,
                  const DeviceMemory& memory) {
  Loader loader(shape, layout, memory);
  loader.normalisation();
  const std::vector<CoreLayer> layers = model.verified_core();
  for (std::size_t k = 0; k < layers.size(); ++k) loader.block(k, layers[k], core[k]);
  for (std::size_t t = 0; t < request.targets.size(); ++t) {
    const Target& target = request.targets[t];
    loader.head(t, target, model.verified_readout(target.readout, request.rows), request.rows);
  }
  loader.sources(request);
}

}  // namespace corticast::cuda
