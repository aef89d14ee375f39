#include "engine/output/merge.h"

#include <chrono>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/words.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

struct MergeFlags {
  std::vector<std::string> shards;
  std::string output;
  std::string progress = "auto";
  bool virtual_datasets = false;
  bool force = false;
};

void print_summary(const MergeSummary& summary, const MergeFlags& flags, ProgressReport& report) {
  std::string line;
  if (summary.nothing_to_do) {
    line = "already the merged output of these shards: nothing to do";
  } else {
    line = grouped(summary.images) + (summary.images == 1 ? " image of " : " images of ") +
           grouped(summary.shards) + (summary.shards == 1 ? " shard" : " shards") +
           (flags.virtual_datasets ? " referred to: keep the shards where they are" : " merged");
  }
  report.note(line);
  if (summary.failed > 0) {
    report.note("note: " + grouped(summary.failed) + (summary.failed == 1 ? " image" : " images") +
                " had failed: NaN, the reasons are in /images/error");
  }
}

int merge_command(const MergeFlags& flags) {
  ProgressReport report(parse_progress(flags.progress));
  const auto start = std::chrono::steady_clock::now();
  MergeOptions options;
  options.virtual_datasets = flags.virtual_datasets;
  options.replace = flags.force;
  options.note = [&](const std::string& note) { report.note("note: " + printable(note)); };
  options.progress = [&](std::size_t done, std::size_t total) {
    Progress progress;
    progress.done = done;
    progress.total = total;
    progress.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.update("merge", progress);
  };
  const std::vector<std::filesystem::path> shards(flags.shards.begin(), flags.shards.end());
  print_summary(merge_shards(shards, flags.output, options), flags, report);
  std::cout << flags.output << "\n";
  return 0;
}

}  // namespace

void add_merge(CLI::App& app) {
  add_command(
      app, "merge", "Make one output of the shards of a run", [](CLI::App& command) -> Body {
        auto flags = std::make_shared<MergeFlags>();
        command
            .add_option("SHARD", flags->shards,
                        "The files that encode --shard wrote, all of one run, in any order")
            ->type_name("")
            ->required();
        command.add_option("-o,--output", flags->output, "HDF5 file to write, .h5 or .hdf5")
            ->type_name("OUT")
            ->required();
        command.add_flag("--virtual", flags->virtual_datasets,
                         "Refer to the shards' responses instead of copying them (HDF5 virtual\n"
                         "datasets, for readers of HDF5 1.10 or later): the shards must stay");
        command
            .add_option("--progress", flags->progress, "auto, bar, json (lines on stderr), none")
            ->type_name("MODE")
            ->capture_default_str();
        command.add_flag("--force", flags->force, "Replace an existing output");
        return [flags] { return merge_command(*flags); };
      });
}

}  // namespace corticast::cli
