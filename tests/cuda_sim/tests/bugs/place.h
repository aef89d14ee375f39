// Where a snippet of a kernel's source stands, so that tables of bugs need no line numbers.
#pragma once

#include <string>

namespace cuda_sim::bugs {

// "pool.cu:41": the only line of the file (a path in the repository) that contains the snippet.
// Throws std::runtime_error when there is none or several.
std::string place_in(const std::string& path, const std::string& snippet);

// The same for a file of tests/cuda_sim/kernels.
inline std::string place(const std::string& file, const std::string& snippet) {
  return place_in("tests/cuda_sim/kernels/" + file, snippet);
}

}  // namespace cuda_sim::bugs
