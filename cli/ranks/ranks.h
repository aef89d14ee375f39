// The processes that one mpirun (or srun --mpi) started: which one this is, and how they wait for
// each other. MPI itself is a module loaded at run time (rank_module.h).
#pragma once

#include <cstdint>

#include "cli/ranks/rank_module.h"
#include "cli/shard_words.h"

namespace corticast::cli {

// How many processes an MPI launcher says it started with this one; 1 where there is none. Looks at
// OMPI_COMM_WORLD_SIZE (Open MPI), PMI_SIZE (MPICH and others), and SLURM_STEP_NUM_TASKS where
// PMIX_RANK says that srun started MPI processes.
unsigned launched_processes(const Environment& environment);

// Whether this is the first of them, who speaks where all would say the same.
bool first_of_launch(const Environment& environment);

// Membership in the launch, from construction to destruction. One at most in a process's life, used
// by one thread.
class Ranks {
 public:
  // Loads the module that the environment variable CORTICAST_MPI_MODULE names, or else
  // libcorticast_mpi.so beside the executable or in ../lib/corticast/ from there. Throws
  // Error{kUsage} with the remedy where there is none, it cannot be loaded, or it knows another
  // number of processes than the launcher (it was built for another MPI).
  explicit Ranks(unsigned launched);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  unsigned rank() const { return rank_; }
  unsigned size() const { return size_; }
  // Waits for every rank; the largest of the values that they gave. All ranks must call it.
  int worst(int value) const;

  struct Neighbours {
    unsigned index = 0;
    unsigned count = 1;
  };
  // This rank among those on its machine that give the same key. All ranks must call it.
  Neighbours neighbours(std::uint64_t key) const;

 private:
  const CorticastRankModule& module_;
  unsigned rank_ = 0;
  unsigned size_ = 1;
};

}  // namespace corticast::cli
