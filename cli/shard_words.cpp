#include "cli/shard_words.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Error(ErrorCode::kUsage, "--shard auto: " + message, hint);
}

std::optional<unsigned> number(const Environment& environment, const char* name) {
  const char* text = environment(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  unsigned value = 0;
  if (!parse_number(text, value)) {
    refuse(std::string(name) + " is '" + text + "', not a number", "Give --shard i/n.");
  }
  return value;
}

void require_inside(const Shard& shard, const std::string& source, const char* hint) {
  if (shard.index < shard.count) return;
  refuse(source + " would be shard " + std::to_string(shard.index) + " of " +
             std::to_string(shard.count) + ", which count from 0",
         hint);
}

std::optional<ChosenShard> array_task(const Environment& environment) {
  const auto id = number(environment, "SLURM_ARRAY_TASK_ID");
  const auto count = number(environment, "SLURM_ARRAY_TASK_COUNT");
  if (!id || !count) return std::nullopt;
  const unsigned first = number(environment, "SLURM_ARRAY_TASK_MIN").value_or(0);
  const unsigned step = std::max(number(environment, "SLURM_ARRAY_TASK_STEP").value_or(1), 1u);
  const bool on_a_step = *id >= first && (*id - first) % step == 0;
  const Shard shard{on_a_step ? (*id - first) / step : *count, *count};
  const std::string source = "SLURM_ARRAY_TASK_ID " + std::to_string(*id);
  require_inside(shard, source,
                 "Number the tasks of the array evenly (--array=0-7), or give --shard i/n.");
  return ChosenShard{shard, source};
}

// The innermost launcher's.
std::optional<ChosenShard> launched_process(const Environment& environment) {
  constexpr std::array<std::array<const char*, 2>, 3> kLaunchers = {
      {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
       {"PMI_RANK", "PMI_SIZE"},
       {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}}};
  for (const auto& [rank_name, size_name] : kLaunchers) {
    const auto rank = number(environment, rank_name);
    const auto size = number(environment, size_name);
    if (!rank || !size) continue;
    ChosenShard found{{*rank, *size}, std::string(rank_name) + " " + std::to_string(*rank)};
    require_inside(found.shard, found.source, "Give --shard i/n.");
    return found;
  }
  return std::nullopt;
}

Shard parse_pair(const std::string& text) {
  const std::size_t slash = text.find('/');
  Shard shard;
  if (slash == std::string::npos || !parse_number(text.substr(0, slash), shard.index) ||
      !parse_number(text.substr(slash + 1), shard.count) || shard.index >= shard.count) {
    throw Error(ErrorCode::kUsage,
                "--shard: '" + text + "' is not auto or i/n with i from 0 to n - 1",
                "The three parts of three are 0/3, 1/3 and 2/3.");
  }
  return shard;
}

}  // namespace

ChosenShard parse_shard(const std::string& text, const Environment& environment) {
  if (text != "auto") return {parse_pair(text), ""};
  const auto task = array_task(environment);
  const auto process = launched_process(environment);
  if (!task && !process) {
    refuse(
        "no task of a job that could have a shard: looked for SLURM_ARRAY_TASK_ID and _COUNT, "
        "OMPI_COMM_WORLD_RANK and _SIZE, PMI_RANK and PMI_SIZE, SLURM_PROCID and "
        "SLURM_STEP_NUM_TASKS",
        "Give --shard i/n, or start the command in a job array, with srun or with mpirun.");
  }
  if (!task) return *process;
  if (!process || process->shard.count == 1) return *task;
  const unsigned long long count =
      static_cast<unsigned long long>(task->shard.count) * process->shard.count;
  if (count > std::numeric_limits<unsigned>::max()) refuse("too many tasks", "Give --shard i/n.");
  return {{task->shard.index * process->shard.count + process->shard.index,
           static_cast<unsigned>(count)},
          task->source + ", " + process->source};
}

std::string to_string(const Shard& shard) {
  return std::to_string(shard.index) + "/" + std::to_string(shard.count);
}

std::string in_words(const ChosenShard& chosen, std::size_t images) {
  const RowRange rows = rows_of(chosen.shard, images);
  const std::string first = std::to_string(rows.first);
  std::string which = "rows " + first + " to " + std::to_string(rows.first + rows.count - 1);
  if (rows.count == 1) which = "row " + first;
  if (rows.count == 0) which = "none";  // fewer images than shards
  return to_string(chosen.shard) + (chosen.source.empty() ? "" : " (" + chosen.source + ")") +
         ": " + which + " of " + grouped(images);
}

std::string name_for(const std::string& output, const Shard* shard) {
  static const std::string kMark = "{shard}";
  std::string name = output;
  for (std::size_t at = name.find(kMark); at != std::string::npos; at = name.find(kMark, at)) {
    if (shard == nullptr) {
      throw Error(ErrorCode::kUsage, output + ": {shard} in the output's name, but no shard",
                  "Give --shard i/n or --shard auto, or a name without {shard}.");
    }
    const std::string words = std::to_string(shard->index) + "-of-" + std::to_string(shard->count);
    name.replace(at, kMark.size(), words);
    at += words.size();
  }
  return name;
}

}  // namespace corticast::cli
