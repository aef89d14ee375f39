// The command line of cuda-sim.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cuda_sim::program {

struct Options {
  std::string profile;  // path
  unsigned devices = 1;
  bool checks = true;
  bool non_finite = false;
  std::string schedule = "late";
  std::string failures;  // of CUDA_SIM_FAIL
  std::string json;      // where the summary is kept; empty: nowhere
  std::string module;    // the simulated CUDA module; empty: none
  std::vector<std::string> command;
};

// Null: end with *status (help was asked for, or a mistake was reported).
std::optional<Options> parse_options(int argc, char** argv, int* status);

}  // namespace cuda_sim::program
