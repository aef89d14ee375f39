// What a list of repeated measurements comes down to.
#pragma once

#include <functional>
#include <vector>

namespace corticast::bench {

struct Spread {
  double median = 0;  // mean of the middle two of an even number
  double least = 0;
  double most = 0;
};

// Of at least one value. Throws Error{kInternal} for none.
Spread spread_of(std::vector<double> values);

// Runs `work` once without a clock and then `repetitions` times with one: wall seconds of each.
std::vector<double> time_of(std::size_t repetitions, const std::function<void()>& work);

}  // namespace corticast::bench
