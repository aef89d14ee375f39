#include "engine/backend/reduced/reduction_report.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "engine/backend/comparison.h"
#include "engine/backend/noise.h"
#include "engine/backend/reduced/folding.h"
#include "kernels/cpu/threads.h"

namespace corticast {
namespace {

// Responses of noise and what is made of them.
class Trial {
 public:
  Trial(const Request& request, std::size_t batch, unsigned threads)
      : images(batch),
        rows(request.rows.size()),
        functionals(functionals_of(*request.reduction)),
        responses(batch * rows),
        made(batch * functionals.outputs()),
        threads_(threads) {
    std::vector<std::uint8_t> noise(responses.size());
    fill_with_noise(noise.data(), noise.size());
    std::ranges::transform(noise, responses.begin(),
                           [](std::uint8_t byte) { return static_cast<float>(byte) / 64 - 2; });
  }

  void run() {
    const kernels::cpu::ThreadScope scope(threads_);
    kernels::cpu::apply_functionals(functionals, responses.data(), rows, images, made.data(),
                                    functionals.outputs());
  }

  const std::size_t images;
  const std::size_t rows;
  const kernels::Functionals functionals;
  std::vector<float> responses;  // [images, rows]
  std::vector<float> made;       // [images, outputs]

 private:
  unsigned threads_;
};

std::string step_name(const Request& request) {
  return "reduce to " + std::to_string(request.reduction->outputs()) + " outputs";
}

// What output `o` of one image's responses must be.
double expected_of(const kernels::Functionals& functionals, std::size_t o, const float* responses) {
  const std::size_t first = functionals.begin[o];
  const std::size_t last = functionals.begin[o + 1];
  if (first == last) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t k = first; k < last; ++k) {
    sum += functionals.weight[k] * static_cast<double>(responses[functionals.row[k]]);
  }
  return sum;
}

}  // namespace

StepCheck check_reduction(const Request& request, std::size_t max_batch, unsigned threads) {
  Trial trial(request, std::min<std::size_t>(max_batch, 2), threads);
  trial.run();
  Comparison comparison;
  const std::size_t outputs = trial.functionals.outputs();
  for (std::size_t n = 0; n < trial.images; ++n) {
    for (std::size_t o = 0; o < outputs; ++o) {
      comparison.add(static_cast<double>(trial.made[n * outputs + o]),
                     expected_of(trial.functionals, o, trial.responses.data() + n * trial.rows));
    }
  }
  // Rounding to float32.
  return comparison.result(step_name(request), 1e-7);
}

StepTime time_reduction(const Request& request, std::size_t max_batch, unsigned threads,
                        std::size_t repetitions) {
  using Clock = std::chrono::steady_clock;
  Trial trial(request, max_batch, threads);
  trial.run();
  const auto targets = static_cast<double>(request.targets.size());
  const auto images = static_cast<double>(max_batch);
  const auto terms = static_cast<double>(trial.functionals.terms());
  const auto values = static_cast<double>(trial.rows + trial.functionals.outputs());
  StepTime time{step_name(request),
                {},
                2 * targets * images * terms,
                targets * (terms * (sizeof(double) + sizeof(std::uint32_t)) +
                           images * values * sizeof(float))};
  time.seconds.reserve(repetitions);
  for (std::size_t k = 0; k < repetitions; ++k) {
    const Clock::time_point before = Clock::now();
    for (std::size_t t = 0; t < request.targets.size(); ++t) trial.run();
    time.seconds.push_back(std::chrono::duration<double>(Clock::now() - before).count());
  }
  return time;
}

}  // namespace corticast
