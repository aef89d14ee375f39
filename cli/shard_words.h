// The words of --shard, and what the launchers of clusters say about the part that is ours.
#pragma once

#include <functional>
#include <string>

#include "engine/pipeline/shard.h"

namespace corticast::cli {

struct ChosenShard {
  Shard shard;
  std::string source;  // for people: "SLURM_ARRAY_TASK_ID 3"; empty if it was given
};

// The value of an environment variable, null if it is not set.
using Environment = std::function<const char*(const char* name)>;

// "i/n", zero-based; or "auto": one shard for each task of a job.
//   - A Slurm array: (SLURM_ARRAY_TASK_ID - _MIN) / _STEP of SLURM_ARRAY_TASK_COUNT.
//   - The processes of one launch: OMPI_COMM_WORLD_RANK of _SIZE (Open MPI), else PMI_RANK of
//     PMI_SIZE (MPICH and others), else SLURM_PROCID of SLURM_STEP_NUM_TASKS (srun). srun comes
//     last because under Slurm the others start their daemons with it, and its variables then count
//     nodes. (SLURM_NTASKS says nothing: a batch script has it, too.)
// An array whose tasks launch several processes: each of them is a shard, task by task.
// Throws Error{kUsage}: not a shard, or nothing set, or numbers that do not fit each other.
ChosenShard parse_shard(const std::string& text, const Environment& environment);

// "3/8", as --shard takes it.
std::string to_string(const Shard& shard);

// "3/8 (SLURM_ARRAY_TASK_ID 3): rows 300 to 399 of 800", for a run of so many images.
std::string in_words(const ChosenShard& chosen, std::size_t images);

// {shard} in an output's name becomes "3-of-8". Throws Error{kUsage} for a name with {shard} where
// there is no shard to name (shard is null).
std::string name_for(const std::string& output, const Shard* shard);

}  // namespace corticast::cli
