// The subcommands of corticast; each is one file of the same name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace corticast::cli {

// command_line: the whole command as typed, recorded in outputs.
void add_encode(CLI::App& app, const std::string& command_line);    // images to responses
void add_export(CLI::App& app, const std::string& command_line);    // responses to other formats
void add_merge(CLI::App& app);                                      // shards to one output
void add_contrast(CLI::App& app, const std::string& command_line);  // categories of images
void add_score(CLI::App& app, const std::string& command_line);     // predicted against measured
void add_retrieve(CLI::App& app);                                   // which image was seen
void add_atlas(CLI::App& app);                                      // surfaces to plot on
void add_plot(CLI::App& app);                                       // pictures of maps
void add_preprocess(CLI::App& app);                                 // images to network input
void add_info(CLI::App& app);                                       // what is in a model file
void add_selftest(CLI::App& app);                                   // is a device to be trusted
void add_plan(CLI::App& app);                                       // what cuDNN would do on a card
void add_rois(CLI::App& app);                                       // names for --roi and --group

}  // namespace corticast::cli
