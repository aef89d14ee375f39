// The subcommands of corticast-weights; each is one file of the same name.
#pragma once

#include <CLI/CLI.hpp>

namespace corticast::weights {

void add_convert(CLI::App& app);   // checkpoint (.pth) to model file
void add_scan(CLI::App& app);      // what a checkpoint's pickle would import or call
void add_inspect(CLI::App& app);   // what is in a model file
void add_verify(CLI::App& app);    // every checksum of a model file
void add_compare(CLI::App& app);   // two model files, tensor by tensor
void add_metadata(CLI::App& app);  // subjects' metadata into a model file
void add_synth(CLI::App& app);     // a seeded random model

}  // namespace corticast::weights
