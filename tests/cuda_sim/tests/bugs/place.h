// Where a snippet of a kernel's source stands, so that tables of bugs need no line numbers.
#pragma once

#include <string>

namespace cuda_sim::bugs {

// "pool.cu:41": the only line of tests/cuda_sim/kernels/<file> that contains the snippet. Throws
// std::runtime_error when there is none or several.
std::string place(const std::string& file, const std::string& snippet);

}  // namespace cuda_sim::bugs
