#include "engine/backend/cpu/self_reports.h"

#include <algorithm>
#include <chrono>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/network.h"
#include "engine/backend/noise.h"
#include "kernels/cpu/threads.h"

namespace corticast::cpu {
namespace {

// A network with a batch of noise in front of it.
class Trial {
 public:
  Trial(const Model& model, const Request& request, std::size_t images, const CpuMethod& method)
      : threads_(method.threads),
        images_(images),
        network_(model, request, images, method),
        input_(images * input_bytes(method.input)) {
    fill_with_noise(method.input, input_.data(), images);
    responses_.reserve(network_.targets());
    for (std::size_t t = 0; t < network_.targets(); ++t) {
      responses_.emplace_back(images * network_.columns());
      targets_.push_back(responses_.back().data());
    }
    steps_.reserve(network_.core().size() + network_.heads().size());
    for (const auto& step : network_.core()) steps_.push_back(step.get());
    for (const auto& step : network_.heads()) steps_.push_back(step.get());
  }

  // In the order in which they first run.
  std::span<Step* const> steps() const { return steps_; }
  std::size_t number_of(const Step& step) const {
    return static_cast<std::size_t>(std::ranges::find(steps_, &step) - steps_.begin());
  }
  template <typename Visit>
  void walk(const Visit& visit) const {
    const kernels::cpu::ThreadScope scope(threads_);
    network_.walk({input_.data(), 0, images_, targets_}, visit);
  }

 private:
  unsigned threads_;
  std::size_t images_;
  Network network_;
  std::vector<std::uint8_t> input_;
  std::vector<kernels::cpu::Buffer> responses_;
  std::vector<float*> targets_;
  std::vector<Step*> steps_;
};

}  // namespace

std::vector<StepCheck> check_steps(const Model& model, const Request& request,
                                   std::size_t max_batch, const CpuMethod& method) {
  const Trial trial(model, request, std::min<std::size_t>(max_batch, 2), method);
  std::vector<Comparison> comparisons(trial.steps().size());
  trial.walk([&](Step& step, const Batch& batch) {
    step.run(batch);
    step.verify(batch, comparisons[trial.number_of(step)]);
  });
  std::vector<StepCheck> checks;
  for (std::size_t k = 0; k < comparisons.size(); ++k) {
    const Step& step = *trial.steps()[k];
    StepCheck check = comparisons[k].result(step.name(), step.bound());
    if (check.values > 0) checks.push_back(std::move(check));
  }
  return checks;
}

std::vector<StepTime> time_steps(const Model& model, const Request& request, std::size_t max_batch,
                                 std::size_t repetitions, const CpuMethod& method) {
  using Clock = std::chrono::steady_clock;
  const Trial trial(model, request, max_batch, method);
  const auto run = [](Step& step, const Batch& batch) { step.run(batch); };
  trial.walk(run);
  std::vector<StepTime> times;
  times.reserve(trial.steps().size());
  for (const Step* step : trial.steps()) {
    const Work work = step->work(max_batch);
    times.push_back({step->name(), std::vector<double>(repetitions), work.flops, work.bytes,
                     work.executed == work.flops ? 0 : work.executed});
  }
  for (std::size_t k = 0; k < repetitions; ++k) {
    trial.walk([&](Step& step, const Batch& batch) {
      const Clock::time_point before = Clock::now();
      step.run(batch);
      times[trial.number_of(step)].seconds[k] +=
          std::chrono::duration<double>(Clock::now() - before).count();
    });
  }
  return times;
}

}  // namespace corticast::cpu
