#include "tests/cuda_sim/machine/text.h"

#include <bit>
#include <sstream>
#include <vector>

namespace cuda_sim {

std::string counted(std::uint64_t count, const std::string& noun) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits + " " + noun + (count == 1 ? "" : "s");
}

std::string hexadecimal(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

std::string lanes_text(std::uint32_t lanes) {
  std::vector<std::string> runs;
  for (unsigned lane = 0; lane < 32; ++lane) {
    if ((lanes >> lane & 1U) == 0) continue;
    unsigned last = lane;
    while (last < 31 && (lanes >> (last + 1) & 1U) != 0) ++last;
    runs.push_back(std::to_string(lane) + (last > lane ? "-" + std::to_string(last) : ""));
    lane = last;
  }
  std::string text = std::popcount(lanes) == 1 ? "lane " : "lanes ";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i > 0) text += i + 1 == runs.size() ? " and " : ", ";
    text += runs[i];
  }
  return text;
}

}  // namespace cuda_sim
