#include "engine/backend/cpu/self_reports.h"

#include <algorithm>
#include <chrono>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/network.h"
#include "engine/backend/cpu/network_steps.h"
#include "engine/backend/cpu/step_checker.h"
#include "engine/backend/noise.h"
#include "kernels/cpu/threads.h"

namespace corticast::cpu {
namespace {

// A network with a batch of noise in front of it.
class Trial {
 public:
  Trial(const Model& model, const Request& request, std::size_t images, unsigned threads,
        kernels::cpu::Isa isa)
      : threads_(threads),
        images_(images),
        network_(model, request, images, threads, isa),
        pixels_(images * kImageBytes) {
    fill_with_noise(pixels_.data(), pixels_.size());
    for (std::size_t t = 0; t < network_.targets(); ++t) {
      responses_.emplace_back(images * network_.columns());
      targets_.push_back(responses_.back().data());
    }
  }

  void run(const StepObserver& observer) {
    const kernels::cpu::ThreadScope scope(threads_);
    network_.run(pixels_.data(), images_, targets_, observer);
  }

 private:
  unsigned threads_;
  std::size_t images_;
  Network network_;
  std::vector<std::uint8_t> pixels_;
  std::vector<AlignedBuffer> responses_;
  std::vector<float*> targets_;
};

}  // namespace

std::vector<StepCheck> check_steps(const Model& model, const Request& request,
                                   std::size_t max_batch, unsigned threads, kernels::cpu::Isa isa) {
  const std::size_t images = std::min<std::size_t>(max_batch, 2);
  StepChecker checker(model, request, images);
  Trial(model, request, images, threads, isa).run([&](const StepRun& run) {
    checker.observe(run);
  });
  return checker.results();
}

std::vector<StepTime> time_steps(const Model& model, const Request& request, std::size_t max_batch,
                                 std::size_t repetitions, unsigned threads, kernels::cpu::Isa isa) {
  using Clock = std::chrono::steady_clock;
  const std::vector<NetworkStep> steps = network_steps(model.info(), request, max_batch);
  Trial trial(model, request, max_batch, threads, isa);
  trial.run({});
  std::vector<StepTime> times;
  for (const NetworkStep& step : steps) {
    times.push_back(step.report);
    times.back().seconds.resize(repetitions);
  }
  for (std::size_t k = 0; k < repetitions; ++k) {
    Clock::time_point before = Clock::now();
    trial.run([&](const StepRun& run) {
      const Clock::time_point now = Clock::now();
      times[step_of(steps, run)].seconds[k] += std::chrono::duration<double>(now - before).count();
      before = Clock::now();
    });
  }
  return times;
}

}  // namespace corticast::cpu
