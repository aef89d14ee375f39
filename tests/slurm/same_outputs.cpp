// corticast_same_outputs A B: whether two output files say the same, but for the command line.
#include <exception>
#include <iostream>

#include "tests/faults/contents.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    const auto first = corticast::test::contents(argv[1]);
    const auto second = corticast::test::contents(argv[2]);
    if (first == second) return 0;
    for (const auto& [path, value] : first) {
      const auto found = second.find(path);
      if (found == second.end() || found->second != value) std::cout << "differs: " << path << "\n";
    }
  } catch (const std::exception& error) {
    std::cout << error.what() << "\n";
  }
  return 1;
}
