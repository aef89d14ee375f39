// Which buffers a program has: one list for what a dry run prints and for what is allocated.
#pragma once

#include <array>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/core_plan.h"
#include "engine/backend/cuda/device_memory.h"

namespace corticast::cuda {

// N: images of a batch, C: channels, R: rows, W: columns. Float32 unless said otherwise.
struct ProgramMemory {
  struct Layer {
    BufferId weight;  // [out, in, k, k]
    BufferId bias;    // [out]
  };
  struct Head {
    BufferId spatial;   // [R, positions], the request's rows in order
    BufferId features;  // [R, C]
    BufferId bias;      // [R]
  };
  struct Slot {
    BufferId pinned_pixels;                  // uint8 [N, 224, 224, 3]
    BufferId pixels;                         // the same on the device
    std::vector<BufferId> responses;         // per target [N, W]
    std::vector<BufferId> pinned_responses;  // the same on the host
  };

  ProgramMemory(const std::vector<CoreStep>& steps, int channels, const Request& request,
                std::size_t max_batch);

  std::uint64_t bytes() const { return plan.total(Space::kDevice) + plan.total(Space::kPinned); }

  MemoryPlan plan;
  BufferId table;       // [3, 256], the normalisation
  BufferId normalized;  // [N, 3, 224, 224]
  BufferId even;        // activations alternate between the two
  BufferId odd;
  BufferId workspace;      // cuDNN's, shared by all layers
  BufferId packed_result;  // [N, R]; empty unless responses are scattered
  BufferId sources;        // uint32 [W]: row of each column; empty unless scattered
  std::vector<Layer> layers;
  std::vector<Head> heads;  // per target
  std::array<Slot, 3> slots;
};

}  // namespace corticast::cuda
