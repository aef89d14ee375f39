// The flags of `corticast encode`.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "cli/shard_words.h"
#include "engine/atlas/resolve.h"
#include "engine/backend/backend.h"
#include "engine/image/source.h"
#include "engine/output/open_writer.h"

namespace corticast::cli {

struct EncodeFlags {
  InputSpec input;
  std::string model;
  std::string output;
  std::string format;  // as typed; empty: by the name of the output
  std::string fill = "nan";
  OutputOptions written;  // what both mean
  RequestSpec request;
  DeviceOptions device;
  std::string precision = "fp32";
  std::string readout = "auto";
  bool tune = false;
  bool no_selftest = false;
  std::string batch = "auto";
  std::string progress = "auto";
  bool strict = false;
  bool dry_run = false;
  bool force = false;
  std::string shard;                  // as typed; empty: the whole run
  std::optional<ChosenShard> chosen;  // what it means here
  // Of several processes that write one output, each a part (ranks/rank_encode.h): which one this
  // is. It prints no name of a file.
  std::optional<unsigned> rank;
};

// What --format, --fill and OUT mean. parts: several files become one output, which is HDF5. Throws
// Error{kUsage}.
OutputOptions output_options(const EncodeFlags& flags, bool parts);

// Adds them to the subcommand; `flags` must outlive parsing.
void define_encode_flags(CLI::App& app, EncodeFlags& flags);

}  // namespace corticast::cli
