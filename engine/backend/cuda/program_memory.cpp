#include "engine/backend/cuda/program_memory.h"

#include <algorithm>
#include <string>

namespace corticast::cuda {
namespace {

constexpr std::uint64_t kFloat = sizeof(float);

}  // namespace

ProgramMemory::ProgramMemory(const std::vector<CoreStep>& steps, int channels,
                             const Request& request, std::size_t max_batch) {
  const auto width = static_cast<std::uint64_t>(channels);
  const std::uint64_t rows = request.rows.size();
  const std::uint64_t columns = request.columns;
  const bool scattered = !request.positions.empty();
  const auto device = [this](const std::string& name, std::uint64_t bytes) {
    return plan.add(name, bytes, Space::kDevice);
  };

  for (std::size_t k = 0; k < steps.size(); ++k) {
    const std::string name = "block " + std::to_string(k + 1);
    layers.push_back({device(name + " weights", steps[k].weight_floats() * kFloat),
                      device(name + " bias", width * kFloat)});
  }
  for (const Target& target : request.targets) {
    heads.push_back({device(target.name + " masks", rows * cnn8::kPositions * kFloat),
                     device(target.name + " features", rows * width * kFloat),
                     device(target.name + " bias", rows * kFloat)});
  }
  table = device("normalisation table", 3 * 256 * kFloat);
  normalized = device("normalised images", max_batch * kImageBytes * kFloat);
  // The largest activation is block 1's and block 2's output.
  const auto side = static_cast<std::uint64_t>(steps.front().shape.out_height());
  even = device("activations, even", max_batch * side * side * width * kFloat);
  odd = device("activations, odd", max_batch * side * side * width * kFloat);
  std::uint64_t most = 0;
  for (const CoreStep& step : steps) most = std::max(most, step.convolution.workspace_bytes());
  workspace = device("cuDNN workspace", most);
  packed_result = device("packed responses", scattered ? max_batch * rows * kFloat : 0);
  sources = device("row of each column", scattered ? columns * sizeof(std::uint32_t) : 0);
  for (std::size_t k = 0; k < slots.size(); ++k) {
    const std::string name = "slot " + std::to_string(k);
    Slot& slot = slots[k];
    slot.pinned_pixels = plan.add(name + " pixels", max_batch * kImageBytes, Space::kPinned);
    slot.pixels = device(name + " pixels", max_batch * kImageBytes);
    for (const Target& target : request.targets) {
      const std::string label = name + " responses of " + target.name;
      const std::uint64_t bytes = max_batch * columns * kFloat;
      slot.responses.push_back(device(label, bytes));
      slot.pinned_responses.push_back(plan.add(label, bytes, Space::kPinned));
    }
  }
}

}  // namespace corticast::cuda
