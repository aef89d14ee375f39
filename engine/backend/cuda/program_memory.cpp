#include "engine/backend/cuda/program_memory.h"

#include <algorithm>
#include <string>

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/steps/gemm_readout_step.h"

namespace corticast::cuda {

// The fused readout is the automatic choice: it reads masks and features once, writes nothing but
// responses, needs no cuBLAS, and a row's bits do not depend on the selection. On an H100 it is the
// faster one in 16 bits, not in float32 and TF32 (kernels/cuda/MEASURED.md).
ProgramShape program_shape(const Device& device, int channels, std::size_t images,
                           const Method& method) {
  return {images,
          method.input,
          channels,
          numerics_of(method.precision, device),
          method.readout == ReadoutMethod::kGemm,
          device.compute_capability,
          device.l2_bytes};
}

ProgramMemory::ProgramMemory(const ProgramShape& shape, const std::vector<CoreStep>& steps,
                             const Request& request) {
  const std::uint64_t element = shape.numerics.bytes();
  const auto width = static_cast<std::uint64_t>(shape.channels);
  const std::uint64_t images = shape.images;
  const std::uint64_t rows = request.rows.size();
  const std::uint64_t columns = request.columns;
  const std::uint64_t positions = stored_positions(shape.numerics, cnn8::kPositions);
  const bool scattered = !request.positions.empty();
  const auto device = [this](const std::string& name, std::uint64_t bytes) {
    return plan.add(name, bytes, Space::kDevice);
  };

  for (std::size_t k = 0; k < steps.size(); ++k) {
    const std::string name = "block " + std::to_string(k + 1);
    layers.push_back({device(name + " weights", steps[k].weight_values() * element),
                      device(name + " bias", width * element)});
  }
  for (const Target& target : request.targets) {
    heads.push_back({device(target.name + " masks", rows * positions * element),
                     device(target.name + " features", rows * width * element),
                     device(target.name + " bias", rows * sizeof(float))});
  }
  table = device("normalisation table",
                 shape.input == InputKind::kPixels ? 3 * 256 * sizeof(float) : 0);
  normalized = device("normalised images",
                      images * kImageValues / cnn8::kInputChannels *
                          static_cast<std::uint64_t>(shape.numerics.input_channels) * element);
  // The largest activation is block 1's and block 2's output.
  const auto side = static_cast<std::uint64_t>(steps.front().shape.out_height());
  activation_bytes = images * side * side * width * element;
  even = device("activations, even", activation_bytes);
  odd = device("activations, odd", activation_bytes);
  feature_maps = device("feature maps", images * positions * width * element);
  std::uint64_t most = 0;
  for (const CoreStep& step : steps) most = std::max(most, step.convolution.workspace_bytes());
  workspace = device("cuDNN workspace", most);
  gemm_products =
      device("readout products",
             shape.gemm_readout
                 ? gemm_readout_scratch_bytes(shape.images, rows, shape.channels, shape.l2_bytes)
                 : 0);
  gemm_workspace =
      device("cuBLAS workspace",
             shape.gemm_readout ? cublas_workspace_bytes(shape.compute_capability) : 0);
  counters = device("counters", ProgramCounters::kCount * sizeof(Counter));
  packed_result = device("packed responses", scattered ? images * rows * sizeof(float) : 0);
  sources = device("row of each column", scattered ? columns * sizeof(std::uint32_t) : 0);
  for (std::size_t k = 0; k < slots.size(); ++k) {
    const std::string name = "slot " + std::to_string(k);
    Slot& slot = slots[k];
    slot.pinned_input =
        plan.add(name + " images", images * input_bytes(shape.input), Space::kPinned);
    slot.input = device(name + " images", images * input_bytes(shape.input));
    for (const Target& target : request.targets) {
      const std::string label = name + " responses of " + target.name;
      const std::uint64_t bytes = images * columns * sizeof(float);
      slot.responses.push_back(device(label, bytes));
      slot.pinned_responses.push_back(plan.add(label, bytes, Space::kPinned));
    }
  }
}

}  // namespace corticast::cuda
