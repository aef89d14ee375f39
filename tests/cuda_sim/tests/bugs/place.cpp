#include "tests/cuda_sim/tests/bugs/place.h"

#include <fstream>
#include <stdexcept>

namespace cuda_sim::bugs {

std::string place_in(const std::string& path, const std::string& snippet) {
  std::ifstream in(std::string(CORTICAST_SOURCE_DIR) + "/" + path);
  if (!in) throw std::runtime_error("cannot read kernel source " + path);
  int found = 0;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find(snippet) == std::string::npos) continue;
    if (found != 0) throw std::runtime_error("more than one '" + snippet + "' in " + path);
    found = number;
  }
  if (found == 0) throw std::runtime_error("no '" + snippet + "' in " + path);
  return path.substr(path.find_last_of('/') + 1) + ":" + std::to_string(found);
}

}  // namespace cuda_sim::bugs
