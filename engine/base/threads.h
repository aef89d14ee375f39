// How many threads this process may use.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace corticast {

// The smallest of what the scheduler's affinity mask, the cgroup CPU quota, OMP_NUM_THREADS and
// SLURM_CPUS_PER_TASK allow, at least 1. Never the machine's core count: on shared nodes and in
// containers that number belongs to everyone. sharing: how many processes have this one's affinity
// mask and quota between them, at least 1; the two variables are each process's own.
unsigned usable_threads(unsigned sharing = 1);

// The parts, apart for tests.

// CPUs granted by the quota of the process's cgroup or of any group above it (v2: cpu.max; v1:
// cpu.cfs_quota_us), rounded up. membership: text of /proc/self/cgroup; root: where the cgroup file
// systems are mounted. nullopt: no limit.
std::optional<unsigned> cgroup_cpu_limit(const std::string& membership,
                                         const std::filesystem::path& root);

// The first number of an environment variable such as "4" or "4,2"; nullopt if unset, zero or not
// a number.
std::optional<unsigned> thread_count_from_environment(const char* variable);

}  // namespace corticast
