// Runs the built programs, on narrow models made here.
#pragma once

#include <filesystem>
#include <string>

#include "engine/model/model.h"

namespace corticast::test {

struct Outcome {
  int exit_code = 0;  // 1000 + signal if it was killed
  std::string out;
  std::string err;
};

// arguments: shell words, without the program's name. out: where standard output goes instead of
// Outcome::out.
Outcome run_program(const std::string& program, const std::string& arguments,
                    const std::string& out = "");
Outcome run_corticast(const std::string& arguments);
// The same with standard output going to a file of the caller's: Outcome::out is empty.
Outcome run_corticast(const std::string& arguments, const std::string& out);
Outcome run_corticast_weights(const std::string& arguments);

// Seeded random weights, 8 channels. atlas: NSD-01 and BOLD5000-02 on the 7,831 visual vertices,
// untrained. Otherwise: one head, 5 vertices, no atlas.
void make_model(const std::filesystem::path& path, bool atlas);

}  // namespace corticast::test
