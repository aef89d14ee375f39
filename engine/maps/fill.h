// What `fill` does to values that are there: one rule for all formats.
#pragma once

#include <span>

namespace corticast {

// NaN becomes `fill`, but a map without any number, such as that of an image that failed, stays as
// it is: zeros there would pass for a prediction. values: one map. A `fill` of NaN changes nothing.
void fill_missing(std::span<float> values, float fill);

}  // namespace corticast
