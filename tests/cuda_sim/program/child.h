// Running the program.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cuda_sim::program {

// Runs the command with these variables added to the environment and waits for it. Returns its exit
// code, 128 + the signal that ended it, 127 when it cannot be started (with a message).
int run_child(const std::vector<std::string>& command,
              const std::vector<std::pair<std::string, std::string>>& environment);

}  // namespace cuda_sim::program
