// What a module that knows the processes of one launch offers: a table of C functions, so that it
// may be built against another MPI, by another compiler, than the program that loads it.
#pragma once

extern "C" {

// The functions return 0, or another number where MPI failed. Used by one thread.
struct CorticastRankModule {
  int version;  // kRankModuleVersion of the header it was built with
  // Joins the launch. To be called once in a process, and before the others.
  int (*open)(int* rank, int* size);
  // Waits for all ranks without keeping a core busy; *worst: the largest value that one gave.
  int (*worst)(int value, int* worst);
  // Among the ranks on this machine that give the same key: how many there are, and which one (from
  // 0, in order of rank) this is. All ranks must call it.
  int (*neighbours)(unsigned long long key, int* index, int* count);
  // Leaves the launch.
  int (*close)();
};

// The entry point, kRankModuleEntry.
const CorticastRankModule* corticast_rank_module();
}

namespace corticast::cli {

inline constexpr int kRankModuleVersion = 1;
inline constexpr const char* kRankModuleEntry = "corticast_rank_module";

}  // namespace corticast::cli
