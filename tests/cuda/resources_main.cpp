// cuda-resources: the table kernels/cuda/RESOURCES.md.
//
//   cuda-resources                prints it
//   cuda-resources --compare F    compares it with the file F
//   cuda-resources --instructions prints, for each kernel and architecture, the instructions
//   counted:
//                                 architecture, mangled name, HMMA, FFMA, LDL and STL
//
// Exits with 1 when a rule is broken (broken_rules()) or the tables differ, with 77 when the rules
// hold and F was made by another nvcc, so that there is nothing to compare.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/cuda/resources.h"

using namespace corticast::test;

namespace {

const std::string kVersionLine = "nvcc: " CORTICAST_NVCC_VERSION;

std::string row_of(const Resources& r) {
  std::ostringstream out;
  out << "| `" << r.kernel << "` | " << r.sm / 10 << '.' << r.sm % 10 << " | " << r.card << " | "
      << r.registers << " | " << r.static_shared << " | ";
  if (r.launcher.empty()) {
    out << "- | - | - | - | ";
  } else {
    out << r.dynamic_shared << " | " << r.block_threads << " | " << r.blocks << " | " << r.occupancy
        << " % | ";
  }
  out << r.stack_bytes << " | "
      << (r.tensor_core != 0      ? "tensor cores"
          : r.fused_multiply != 0 ? "FFMA"
                                  : "-")
      << " |";
  return out.str();
}

constexpr const char* kIntroduction = R"(# What the CUDA kernels take of a multiprocessor

Made by `cmake --build build --target cuda-resources-table`; compared with the code by the test
`cuda.resources` wherever the same version of nvcc is used. Read from the machine code, and occupancy from NVIDIA's
`cuda_occupancy.h` with the numbers of the card named: computed, nothing here ran on a GPU.
Shared memory in bytes a block; dynamic: as launched for 676 positions. Local: bytes of local memory a
thread, where spilled registers would lie; it must be 0 everywhere. A dash: the launchers choose another
kernel on this card. FFMA: multiplies by float32 instructions.

)";

std::string header() {
  return std::string(kIntroduction) + kVersionLine +
         "\n\n"
         "| kernel | capability | card | registers | static shared | dynamic shared | threads | "
         "blocks per multiprocessor | occupancy | local | multiplies with |\n"
         "|---|---|---|---|---|---|---|---|---|---|---|\n";
}

// Lines of the architectures that this program was compiled for.
std::vector<std::string> lines_for(std::istream& table, const std::set<std::string>& capabilities) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(table, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    const std::size_t kernel_end = line.find("` | ");
    const std::string rest = line.substr(kernel_end + 4);
    if (capabilities.count(rest.substr(0, rest.find(' '))) != 0) lines.push_back(line);
  }
  return lines;
}

int compare(const std::vector<Resources>& all, const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().find("\n" + kVersionLine + "\n") == std::string::npos) {
    std::cout << "not compared: " << path << " was not made by nvcc " CORTICAST_NVCC_VERSION "\n";
    return 77;
  }
  std::set<std::string> capabilities;
  std::vector<std::string> now;
  for (const Resources& row : all) {
    capabilities.insert(std::to_string(row.sm / 10) + "." + std::to_string(row.sm % 10));
    now.push_back(row_of(row));
  }
  std::vector<std::string> then = lines_for(text, capabilities);
  std::sort(now.begin(), now.end());
  std::sort(then.begin(), then.end());
  std::vector<std::string> differences;
  std::set_symmetric_difference(now.begin(), now.end(), then.begin(), then.end(),
                                std::back_inserter(differences));
  for (const std::string& line : differences) {
    const bool is_new = std::binary_search(now.begin(), now.end(), line);
    std::cout << (is_new ? "now:  " : "file: ") << line << '\n';
  }
  if (differences.empty()) {
    std::cout << now.size() << " rows are as in " << path << '\n';
    return 0;
  }
  std::cout << path << " is not what the kernels take now. If that is meant, make it anew:\n"
            << "  cmake --build build --target cuda-resources-table\n";
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  const bool compares = words.size() == 2 && words[0] == "--compare";
  const bool lists = words.size() == 1 && words[0] == "--instructions";
  if (!words.empty() && !compares && !lists) {
    std::cerr << "usage: cuda-resources [--compare FILE | --instructions]\n";
    return 2;
  }
  try {
    const std::vector<Resources> all = resources_of_kernels();
    if (words.empty()) {
      std::cout << header();
      for (const Resources& row : all) std::cout << row_of(row) << '\n';
    }
    if (lists) {
      for (const Resources& row : all) {
        std::cout << "sm_" << row.sm << ' ' << row.mangled << ' ' << row.tensor_core << ' '
                  << row.fused_multiply << ' ' << row.local_accesses << '\n';
      }
      return 0;
    }
    const std::vector<std::string> broken = broken_rules(all);
    for (const std::string& line : broken) std::cerr << line << '\n';
    if (!broken.empty() || all.empty()) return 1;
    return words.empty() ? 0 : compare(all, words[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
