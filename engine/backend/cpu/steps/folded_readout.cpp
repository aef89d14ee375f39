#include "engine/backend/cpu/steps/folded_readout.h"

#include <algorithm>
#include <utility>

#include "engine/backend/reduced/folding.h"

namespace corticast::cpu {
namespace {

// Terms whose readouts are computed in double precision, of each image.
constexpr std::size_t kTermSamples = 2 * kReadoutSamples;

// Outputs spread over all, of them those with the fewest terms: the first of these in any case, the
// others while their terms are not too many.
std::vector<std::size_t> sample_outputs(const kernels::Functionals& functionals) {
  std::vector<std::size_t> outputs = sample_indices(functionals.outputs(), kReadoutSamples);
  const auto terms = [&](std::size_t o) { return functionals.begin[o + 1] - functionals.begin[o]; };
  std::ranges::stable_sort(outputs, {}, terms);
  std::size_t sum = 0;
  const auto too_many = [&](std::size_t o) {
    const bool first = sum == 0;
    sum += terms(o);
    return !first && sum > kTermSamples;
  };
  outputs.erase(std::ranges::find_if(outputs, too_many), outputs.end());
  return outputs;
}

}  // namespace

FoldedReadoutStep::FoldedReadoutStep(ReadoutTask task, std::shared_ptr<const Reduction> reduction,
                                     kernels::cpu::Isa isa, float* scratch)
    : task_(std::move(task)),
      reduction_(std::move(reduction)),
      folded_(task_.weights, task_.rows, functionals_of(*reduction_), isa),
      scratch_(scratch) {}

std::string FoldedReadoutStep::name() const {
  return task_.target + ": folded readout, " + std::to_string(reduction_->outputs()) +
         " outputs of " + std::to_string(task_.rows.size()) + " vertices";
}

Work FoldedReadoutStep::work(std::size_t images) const {
  const auto n = static_cast<double>(images);
  const auto outputs = static_cast<double>(reduction_->outputs());
  const double image = static_cast<double>(task_.weights.positions) * task_.weights.channels;
  return {readout_work(task_, images, sizeof(float)).flops, 2 * n * outputs * image,
          (outputs * image + n * (image + outputs)) * sizeof(float)};
}

void FoldedReadoutStep::run(const Batch& batch) {
  folded_.run(task_.features.of(batch.first), task_.features.stride, batch.images,
              output(batch).data(), reduction_->outputs(), scratch_);
}

std::span<float> FoldedReadoutStep::output(const Batch& batch) const {
  const std::size_t outputs = reduction_->outputs();
  return {batch.responses[task_.index] + batch.first * outputs, batch.images * outputs};
}

void FoldedReadoutStep::verify(const Batch& batch, Comparison& comparison) const {
  const kernels::Functionals functionals = functionals_of(*reduction_);
  const std::vector<std::size_t> sample = sample_outputs(functionals);
  const std::span<const float> made = output(batch);
  for (std::size_t n = 0; n < batch.images; ++n) {
    const float* const x = task_.features.of(batch.first + n);
    for (const std::size_t o : sample) {
      comparison.add(
          static_cast<double>(made[n * reduction_->outputs() + o]),
          kernels::reference::functional_at(task_.weights, task_.rows, functionals, o, x));
    }
  }
}

}  // namespace corticast::cpu
