// What each kernel of kernels.h does for one batch of 16 images of CNN8, counted by the simulated
// device: on a part of the problem where that is exact arithmetic, and scaled to the whole.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/backend/method.h"

namespace corticast::test {

inline constexpr int kImages = 16;
inline constexpr int kRows = 57051;  // of the largest subject
inline constexpr int kChannels = 384;
inline constexpr int kPositions = 676;

// Of one buffer in global memory.
struct BufferWork {
  std::string name;
  double size = 0;  // bytes
  double loaded = 0;
  double stored = 0;
  // Blocks that run at the same time read the same bytes: what is read again comes from a cache.
  bool shared = true;

  double from_memory() const { return (shared && loaded > size ? size : loaded) + stored; }
  double again_from_cache() const { return shared && loaded > size ? loaded - size : 0; }
};

struct KernelWork {
  std::string launcher;
  std::string card;     // of tests/data/device_profiles; empty: the same on all
  std::string counted;  // on which part
  Precision precision = Precision::kFp32;
  double multiply_adds = 0;         // float32 lanes
  double matrix_multiply_adds = 0;  // tensor cores
  std::vector<BufferWork> buffers;
};

// Throws std::runtime_error for a launcher that fails, or whose counts do not grow linearly where
// the scaling relies on it.
std::vector<KernelWork> work_of_streaming_kernels();
std::vector<KernelWork> work_of_readouts(const std::string& card);

}  // namespace corticast::test
