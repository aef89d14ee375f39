// One exit code of many.
#pragma once

#include <algorithm>
#include <array>

namespace corticast::cli {

// From nothing wrong to a bug: what leaves a whole output comes first, and 75 comes late, so that
// whoever repeats what stopped with 75 repeats it for every rank. Then a failure that would happen
// again is met again.
inline constexpr std::array<int, 9> kByGravity = {0, 4, 7, 2, 3, 6, 5, 75, 1};

// A rank's exit code as a number that grows with gravity, and back.
inline int gravity_of(int exit_code) {
  const auto* const found = std::find(kByGravity.begin(), kByGravity.end(), exit_code);
  return static_cast<int>((found == kByGravity.end() ? kByGravity.end() - 1 : found) -
                          kByGravity.begin());
}
inline int exit_code_of(int gravity) {
  return kByGravity[static_cast<std::size_t>(gravity)];
}

// Whether the output is whole: done, images failed, devices differ.
inline bool leaves_output(int exit_code) {
  return exit_code == 0 || exit_code == 4 || exit_code == 7;
}

}  // namespace corticast::cli
