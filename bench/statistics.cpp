#include "bench/statistics.h"

#include <algorithm>
#include <chrono>

#include "engine/base/error.h"

namespace corticast::bench {

Spread spread_of(std::vector<double> values) {
  if (values.empty()) throw Error(ErrorCode::kInternal, "a measurement without values");
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {median, values.front(), values.back()};
}

std::vector<double> time_of(std::size_t repetitions, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  work();
  std::vector<double> seconds;
  for (std::size_t i = 0; i < repetitions; ++i) {
    const Clock::time_point start = Clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return seconds;
}

}  // namespace corticast::bench
