#include "engine/base/threads.h"

#include <sched.h>

#include <cstdlib>

#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("the affinity mask and the environment limit the threads") {
  ::unsetenv("OMP_NUM_THREADS");
  ::unsetenv("SLURM_CPUS_PER_TASK");
  cpu_set_t before;
  REQUIRE(::sched_getaffinity(0, sizeof(before), &before) == 0);
  const unsigned all = usable_threads();
  CHECK(all >= 1);
  CHECK(all <= static_cast<unsigned>(CPU_COUNT(&before)));

  ::setenv("OMP_NUM_THREADS", "1,4", 1);
  CHECK(usable_threads() == 1);
  ::setenv("OMP_NUM_THREADS", "100000", 1);
  CHECK(usable_threads() == all);
  ::unsetenv("OMP_NUM_THREADS");
  ::setenv("SLURM_CPUS_PER_TASK", "1", 1);
  CHECK(usable_threads() == 1);
  ::unsetenv("SLURM_CPUS_PER_TASK");

  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &before)) continue;
    CPU_SET(cpu, &one);
    break;
  }
  REQUIRE(::sched_setaffinity(0, sizeof(one), &one) == 0);
  CHECK(usable_threads() == 1);
  REQUIRE(::sched_setaffinity(0, sizeof(before), &before) == 0);
}

TEST_CASE("an environment variable that is no thread count is ignored") {
  for (const char* text : {"", "0", "-1", "many", ",", "99999999999"}) {
    ::setenv("CORTICAST_TEST_THREADS", text, 1);
    CHECK_FALSE(thread_count_from_environment("CORTICAST_TEST_THREADS").has_value());
  }
  ::unsetenv("CORTICAST_TEST_THREADS");
  CHECK_FALSE(thread_count_from_environment("CORTICAST_TEST_THREADS").has_value());
}

TEST_CASE("a cgroup quota is rounded up and the tightest group counts") {
  const TemporaryFolder root;
  std::filesystem::create_directories(root / "a/b");
  CHECK_FALSE(cgroup_cpu_limit("0::/a/b\n", root.path()).has_value());
  write_text(root / "a/b/cpu.max", "max 100000\n");
  CHECK_FALSE(cgroup_cpu_limit("0::/a/b\n", root.path()).has_value());
  write_text(root / "a/cpu.max", "250000 100000\n");
  CHECK(cgroup_cpu_limit("0::/a/b\n", root.path()) == 3u);
  write_text(root / "a/b/cpu.max", "50000 100000\n");
  CHECK(cgroup_cpu_limit("0::/a/b\n", root.path()) == 1u);
  CHECK(cgroup_cpu_limit("0::/a/elsewhere\n", root.path()) == 3u);
}

TEST_CASE("a version 1 cgroup quota counts too") {
  const TemporaryFolder root;
  std::filesystem::create_directories(root / "cpu/job");
  write_text(root / "cpu/job/cpu.cfs_quota_us", "-1\n");
  write_text(root / "cpu/job/cpu.cfs_period_us", "100000\n");
  const std::string membership = "3:memory:/x\n4:cpu,cpuacct:/job\nnonsense\n";
  CHECK_FALSE(cgroup_cpu_limit(membership, root.path()).has_value());
  write_text(root / "cpu/job/cpu.cfs_quota_us", "400000\n");
  CHECK(cgroup_cpu_limit(membership, root.path()) == 4u);
}
