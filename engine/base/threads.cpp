#include "engine/base/threads.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <thread>
#include <vector>

#include "engine/base/text.h"

namespace corticast {
namespace {

// CPUs allowed by the affinity mask; masks wider than cpu_set_t need a larger buffer.
unsigned affinity_count() {
  for (std::size_t cpus = CPU_SETSIZE; cpus <= (1u << 20); cpus *= 2) {
    std::vector<cpu_set_t> mask((cpus + CPU_SETSIZE - 1) / CPU_SETSIZE);
    const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) != 0) continue;
    return static_cast<unsigned>(CPU_COUNT_S(bytes, mask.data()));
  }
  return std::thread::hardware_concurrency();
}

std::optional<unsigned> quota_to_cpus(double quota, double period) {
  if (!(quota > 0) || !(period > 0) || quota / period > 1e6) return std::nullopt;
  const auto whole = static_cast<unsigned>(quota / period);
  return std::max(1u, whole + (quota / period > whole ? 1u : 0u));
}

std::optional<unsigned> quota_v2(const std::filesystem::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;  // a number or "max"
  double period = 0;
  if (!(file >> quota >> period) || quota == "max") return std::nullopt;
  return quota_to_cpus(std::strtod(quota.c_str(), nullptr), period);
}

std::optional<unsigned> quota_v1(const std::filesystem::path& group) {
  double quota = 0;  // -1: none
  double period = 0;
  if (!(std::ifstream(group / "cpu.cfs_quota_us") >> quota) ||
      !(std::ifstream(group / "cpu.cfs_period_us") >> period)) {
    return std::nullopt;
  }
  return quota_to_cpus(quota, period);
}

void lower(std::optional<unsigned>& limit, std::optional<unsigned> other) {
  if (other) limit = std::min(limit.value_or(std::numeric_limits<unsigned>::max()), *other);
}

}  // namespace

std::optional<unsigned> cgroup_cpu_limit(const std::string& membership,
                                         const std::filesystem::path& root) {
  std::optional<unsigned> limit;
  std::istringstream lines(membership);
  // Each line: hierarchy:controllers:path. Version 2 has no controllers.
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::vector<std::string> controllers =
        split_list(std::string_view(line).substr(first + 1, second - first - 1));
    const bool v2 = controllers.empty();
    if (!v2 && std::find(controllers.begin(), controllers.end(), "cpu") == controllers.end()) {
      continue;
    }
    // Inside a container the path may name a group that is only visible from outside; the groups
    // that exist here are asked, up to the root of the mount.
    std::filesystem::path group = std::filesystem::path(line.substr(second + 1)).relative_path();
    for (;; group = group.parent_path()) {
      if (v2) {
        lower(limit, quota_v2(root / group));
        lower(limit, quota_v2(root / "unified" / group));
      } else {
        lower(limit, quota_v1(root / "cpu" / group));
        lower(limit, quota_v1(root / "cpu,cpuacct" / group));
      }
      if (group.empty()) break;
    }
  }
  return limit;
}

std::optional<unsigned> thread_count_from_environment(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const std::vector<std::string> pieces = split_list(text);
  unsigned count = 0;
  if (pieces.empty() || !parse_number(pieces.front(), count) || count == 0) return std::nullopt;
  return count;
}

unsigned usable_threads(unsigned sharing) {
  std::optional<unsigned> limit = affinity_count();
  std::ifstream file("/proc/self/cgroup");
  const std::string membership{std::istreambuf_iterator<char>(file), {}};
  lower(limit, cgroup_cpu_limit(membership, "/sys/fs/cgroup"));
  limit = std::max(1u, *limit / sharing);
  lower(limit, thread_count_from_environment("OMP_NUM_THREADS"));
  lower(limit, thread_count_from_environment("SLURM_CPUS_PER_TASK"));
  return std::max(1u, *limit);
}

}  // namespace corticast
