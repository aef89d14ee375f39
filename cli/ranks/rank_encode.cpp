#include "cli/ranks/rank_encode.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "cli/encode_plan.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/ranks/exit_codes.h"
#include "cli/ranks/own_gpu.h"
#include "cli/ranks/rank_files.h"
#include "cli/ranks/ranks.h"
#include "cli/stop_signals.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/threads.h"
#include "engine/output/merge.h"
#include "engine/output/open_writer.h"
#include "engine/output/response_file.h"

namespace corticast::cli {
namespace {

void refuse_what_ranks_cannot_do(const EncodeFlags& flags) {
  const auto& inputs = flags.input.arguments;
  if (std::find(inputs.begin(), inputs.end(), "-") != inputs.end()) {
    throw Error(ErrorCode::kUsage,
                "a list on standard input reaches only the first of several processes",
                "Write the list to a file and give @FILE.");
  }
  if (flags.output.find("{shard}") != std::string::npos) {
    throw Error(ErrorCode::kUsage,
                flags.output + ": {shard} in the output's name, but the processes write one output",
                "Name the output without {shard}, or add --shard auto for a file each.");
  }
}

void refuse_other_launches(const EncodeFlags& flags, unsigned count) {
  if (flags.force) return;
  const std::vector<std::string> others = files_of_other_launches(flags.output, count);
  if (others.empty()) return;
  throw Error(ErrorCode::kUsage,
              others.front() + (others.size() > 1 ? " and others are" : " is") +
                  " of an unfinished run with another number of processes than " +
                  std::to_string(count),
              "Launch as many as then to go on from there, or remove " +
                  (others.size() > 1 ? "these files" : std::string("this file")) +
                  " (--force leaves them alone) to begin anew.");
}

// The affinity mask, as something to compare.
std::uint64_t own_cpus() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Cpus_allowed:")) return std::hash<std::string>{}(line);
  }
  return 0;
}

// CPUs and GPUs that several ranks of a machine may use are shared among them. Rank 0 may have
// started CUDA already, and the first GPU of its machine is its own.
void share_machine(const Ranks& ranks, DeviceOptions& device) {
  const unsigned sharing = ranks.neighbours(own_cpus()).count;
  if (device.threads == 0) device.threads = usable_threads(sharing);

  const char* const kVisible = "CUDA_VISIBLE_DEVICES";
  const char* const visible = std::getenv(kVisible);
  const std::uint64_t key = std::hash<std::string>{}(visible == nullptr ? "unset" : visible);
  const unsigned index = ranks.neighbours(key).index;
  if (index == 0 || (device.device != "auto" && device.device != "cuda")) return;
  const std::string gpu = gpu_of_process(index, visible, installed_gpus());
  if (!gpu.empty()) ::setenv(kVisible, gpu.c_str(), 1);
}

EncodeFlags shard_flags(const EncodeFlags& flags, const Ranks& ranks) {
  const Shard shard{ranks.rank(), ranks.size()};
  EncodeFlags own = flags;
  own.rank = ranks.rank();
  own.shard = to_string(shard);
  own.output = rank_file(flags.output, shard);
  share_machine(ranks, own.device);
  return own;
}

// What rank 0 finds out for all, as a number that the others can be told: go on, nothing to do, or
// kRefused and the gravity of the exit code.
constexpr int kGoOn = 0;
constexpr int kDone = 1;
constexpr int kRefused = 2;

int look_first(const EncodeFlags& flags, const std::string& command_line, unsigned count,
               ProgressReport& report) {
  int verdict = kGoOn;
  const int code = run_reporting("corticast", [&] {
    refuse_what_ranks_cannot_do(flags);
    refuse_other_launches(flags, count);
    (void)output_options(flags, true);
    const EncodePlan plan(flags, command_line);
    if (!flags.force && already_complete(flags.output, plan.record, plan.request)) {
      verdict = kDone;
      remove_rank_files(flags.output, count);  // of a launch that died between merge and here
      report.remark("already complete: nothing to compute");
    }
    return 0;
  });
  return code == 0 ? verdict : kRefused + gravity_of(code);
}

void merge(const EncodeFlags& flags, unsigned count, const StopSignals& signals,
           ProgressReport& report) {
  MergeOptions options;
  options.replace = flags.force;
  options.note = [&](const std::string& note) { report.remark("note: " + printable(note)); };
  const auto start = std::chrono::steady_clock::now();
  options.progress = [&](std::size_t done, std::size_t total) {
    if (signals.requested()) {
      throw Error(ErrorCode::kStopped, "stopped on request while merging",
                  "The same command goes on from there.");
    }
    Progress progress;
    progress.done = done;
    progress.total = total;
    progress.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.update("merge", progress);
  };
  const MergeSummary summary = merge_shards(rank_files(flags.output, count), flags.output, options);
  const ResponseFile whole(flags.output);  // throws unless every row is there
  remove_rank_files(flags.output, count);
  report.remark(grouped(summary.images) + (summary.images == 1 ? " image" : " images") + " of " +
                std::to_string(count) + " processes merged");
}

}  // namespace

int encode_in_ranks(const EncodeFlags& flags, const std::string& command_line,
                    const EncodeRun& encode) {
  const Environment environment = [](const char* name) { return std::getenv(name); };
  const unsigned launched = launched_processes(environment);
  if (launched < 2 || !flags.shard.empty()) return encode(flags);
  const ProgressMode mode = parse_progress(flags.progress);
  std::optional<Ranks> joined;
  try {
    joined.emplace(launched);
  } catch (const Error& error) {  // which meets all of them
    if (first_of_launch(environment)) throw;
    return error.exit_code();
  }
  const Ranks& ranks = *joined;
  const bool first = ranks.rank() == 0;
  ProgressReport report(mode, ranks.rank());

  const int own_verdict = first ? look_first(flags, command_line, ranks.size(), report) : kGoOn;
  const int verdict = ranks.worst(own_verdict);
  if (verdict >= kRefused) return exit_code_of(verdict - kRefused);
  if (verdict == kDone) {
    if (first) std::cout << flags.output << "\n";
    return 0;
  }
  if (flags.dry_run) {
    if (!first) return 0;
    std::cout << "ranks     " << ranks.size()
              << ", each a part: " << printable(rank_file(flags.output, {0, ranks.size()}))
              << " and so on\n";
    return encode(flags);
  }

  const EncodeFlags own = shard_flags(flags, ranks);
  const std::string speaker = "corticast: rank " + std::to_string(ranks.rank());
  int code = run_reporting(speaker, [&] { return encode(own); });
  // A rank that is done and leaves when all are asked to stop would have the others killed, who
  // still finish a batch.
  StopSignals signals;
  signals.defer(false);
  code = exit_code_of(ranks.worst(gravity_of(code)));
  if (!leaves_output(code)) {
    report.remark(
        "the parts of the output that are there stay: the same command goes on from them");
    return code;
  }
  int merged = 0;
  if (first) {
    merged = run_reporting("corticast", [&] {
      merge(flags, ranks.size(), signals, report);
      return 0;
    });
    if (merged == 0) std::cout << flags.output << "\n";
  }
  return exit_code_of(ranks.worst(std::max(gravity_of(code), gravity_of(merged))));
}

}  // namespace corticast::cli
