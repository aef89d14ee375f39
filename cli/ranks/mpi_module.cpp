// The one file that knows MPI; a module of its own, so that the programs start without one.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "cli/ranks/rank_module.h"

#pragma GCC diagnostic ignored "-Wold-style-cast"  // in the names that MPICH's header defines

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestPause{1};
constexpr milliseconds kLongestPause{50};

int open(int* rank, int* size) {
  int provided = 0;
  // The program has other threads; this one alone calls MPI.
  const int failed = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  if (failed != MPI_SUCCESS) return failed;
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  return MPI_Comm_size(MPI_COMM_WORLD, size);
}

// MPI_Wait alone would poll at full speed, on a core that another rank of this machine still
// computes on. (An error of MPI ends the process: that is its default.)
int worst(int value, int* worst) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Iallreduce(&value, worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &request);
  int done = 0;
  for (milliseconds pause = kShortestPause; done == 0; pause = std::min(2 * pause, kLongestPause)) {
    std::this_thread::sleep_for(pause);
    MPI_Request_get_status(request, &done, MPI_STATUS_IGNORE);
  }
  return MPI_Wait(&request, MPI_STATUS_IGNORE);
}

int neighbours(unsigned long long key, int* index, int* count) {
  MPI_Comm machine = MPI_COMM_NULL;
  int failed =
      MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  if (failed != MPI_SUCCESS) return failed;
  int rank = 0;
  int size = 0;
  MPI_Comm_rank(machine, &rank);
  MPI_Comm_size(machine, &size);
  std::vector<unsigned long long> keys(static_cast<std::size_t>(size));
  failed = MPI_Allgather(&key, 1, MPI_UNSIGNED_LONG_LONG, keys.data(), 1, MPI_UNSIGNED_LONG_LONG,
                         machine);
  *index = static_cast<int>(std::count(keys.begin(), keys.begin() + rank, key));
  *count = static_cast<int>(std::count(keys.begin(), keys.end(), key));
  MPI_Comm_free(&machine);
  return failed;
}

int close() {
  return MPI_Finalize();
}

constexpr CorticastRankModule kModule{corticast::cli::kRankModuleVersion, open, worst, neighbours,
                                      close};

}  // namespace

extern "C" __attribute__((visibility("default"))) const CorticastRankModule*
corticast_rank_module() {
  return &kModule;
}
