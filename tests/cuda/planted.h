// A bug planted in a kernel that ships, by editing its PTX, and the check that it is reported.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/report.h"
#include "tests/cuda_sim/tests/bugs/ptx_edit.h"

namespace corticast::test {

struct Bug {
  std::string name;
  std::string kernel;  // part of its mangled name
  std::vector<cuda_sim::bugs::Edit> edits;
  std::function<void()> run;
  cuda_sim::Fault fault;  // must be among the reports, of this kernel and its source file
  std::string file;
  std::uint32_t least_sm = 75;
};

// "pool.cu:41": the only line of that file of kernels/cuda that contains the snippet.
std::string kernel_place(const std::string& file, const std::string& snippet);

// CHECKs, on a card of tests/data/device_profiles, that the bug is reported, and that without it
// nothing is.
void check_reported(const Bug& bug, const std::string& card);

}  // namespace corticast::test
