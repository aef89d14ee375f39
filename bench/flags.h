// The flags of corticast-bench.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace corticast::bench {

struct Flags {
  // input, stages, output, end-to-end: empty means these; ops, core-error.
  std::vector<std::string> what;
  std::string model;             // empty: synthetic
  bool synthetic = false;        // said, not only meant
  int channels = 384;            // of the synthetic model
  std::string vertices = "all";  // of the synthetic model: all, visual or a number
  std::string subjects;          // empty: all of MODEL, NSD-01 of a synthetic one
  bool expand = false;
  std::string reduce;               // as in corticast encode; empty: vertices
  std::vector<std::string> images;  // empty: generated
  std::size_t image_count = 0;      // of an end-to-end run; 0: two batches
  std::string device = "cpu";
  std::string precisions = "fp32";
  std::string readouts = "auto";
  std::string batches = "auto";
  std::string threads;  // empty: as many as the process may use
  std::size_t repetitions = 5;
  std::string format = "md";
  bool check = false;
};

// Adds them to the program; `flags` must outlive parsing.
void define_flags(CLI::App& app, Flags& flags);

}  // namespace corticast::bench
