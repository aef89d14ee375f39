#include "cli/ranks/ranks.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/modules.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

constexpr const char* kFile = "libcorticast_mpi.so";
constexpr const char* kRemedy =
    "Build corticast where MPI's headers are (Debian: libopenmpi-dev), or let every process "
    "compute "
    "a shard of its own: --shard auto -o 'part-{shard}.h5', and then corticast merge.";

std::vector<std::filesystem::path> candidates() {
  const char* const chosen = std::getenv("CORTICAST_MPI_MODULE");
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  return module_places(kFile);
}

[[noreturn]] void refuse(const std::string& launch, const std::string& why) {
  throw Error(ErrorCode::kUsage, launch + ", but " + why, kRemedy);
}

const CorticastRankModule& load(const std::string& launch) {
  std::string tried;
  for (const std::filesystem::path& file : candidates()) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
      tried += (tried.empty() ? "" : ", ") + file.string();
      continue;
    }
    // Global: an MPI loads plugins that expect to find its library's symbols.
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) {
      const char* const reason = dlerror();
      refuse(launch, "the MPI module cannot be loaded: " + std::string(reason ? reason : ""));
    }
    const auto entry =
        reinterpret_cast<decltype(&corticast_rank_module)>(dlsym(library, kRankModuleEntry));
    if (entry == nullptr || entry()->version != kRankModuleVersion) {
      refuse(launch, file.string() + " is not the MPI module of this corticast");
    }
    return *entry();
  }
  refuse(launch, "this corticast has no MPI module (looked for " + tried + ")");
}

std::string in_words(unsigned launched) {
  return std::to_string(launched) + " processes were launched together to write one output";
}

void require(int failed, const char* what) {
  if (failed == 0) return;
  throw Error(ErrorCode::kInternal,
              std::string("MPI: ") + what + " failed with code " + std::to_string(failed));
}

unsigned number(const Environment& environment, const char* name) {
  const char* const text = environment(name);
  unsigned value = 0;
  return text != nullptr && parse_number(text, value) ? value : 0;
}

}  // namespace

unsigned launched_processes(const Environment& environment) {
  for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    if (const unsigned size = number(environment, name); size > 0) return size;
  }
  if (environment("PMIX_RANK") == nullptr) return 1;
  return std::max(1u, number(environment, "SLURM_STEP_NUM_TASKS"));
}

bool first_of_launch(const Environment& environment) {
  for (const char* const name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}) {
    if (environment(name) != nullptr) return number(environment, name) == 0;
  }
  return true;
}

Ranks::Ranks(unsigned launched) : module_(load(in_words(launched))) {
  int rank = 0;
  int size = 0;
  require(module_.open(&rank, &size), "joining the other processes");
  rank_ = static_cast<unsigned>(rank);
  size_ = static_cast<unsigned>(size);
  if (size_ == launched) return;
  module_.close();
  refuse(in_words(launched), "the MPI module knows of " + std::to_string(size_) +
                                 ": it was built for another MPI than the launcher's");
}

Ranks::~Ranks() {
  module_.close();
}

int Ranks::worst(int value) const {
  int result = value;
  require(module_.worst(value, &result), "waiting for the other processes");
  return result;
}

Ranks::Neighbours Ranks::neighbours(std::uint64_t key) const {
  int index = 0;
  int count = 1;
  require(module_.neighbours(key, &index, &count), "counting the processes of this machine");
  return {static_cast<unsigned>(index), static_cast<unsigned>(count)};
}

}  // namespace corticast::cli
