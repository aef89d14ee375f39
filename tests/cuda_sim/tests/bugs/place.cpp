#include "tests/cuda_sim/tests/bugs/place.h"

#include <fstream>
#include <stdexcept>

namespace cuda_sim::bugs {

std::string place(const std::string& file, const std::string& snippet) {
  std::ifstream in(std::string(CORTICAST_CUDA_SIM_KERNELS) + "/" + file);
  if (!in) throw std::runtime_error("cannot read kernel source " + file);
  int found = 0;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find(snippet) == std::string::npos) continue;
    if (found != 0) throw std::runtime_error("more than one '" + snippet + "' in " + file);
    found = number;
  }
  if (found == 0) throw std::runtime_error("no '" + snippet + "' in " + file);
  return file + ":" + std::to_string(found);
}

}  // namespace cuda_sim::bugs
