// Which buffers a program has: one list for what a dry run prints and for what is allocated.
#pragma once

#include <array>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/core_plan.h"
#include "engine/backend/cuda/device_memory.h"
#include "engine/backend/cuda/numerics.h"

namespace corticast::cuda {

// What a program is made for, beside its weights.
struct ProgramShape {
  std::size_t images;  // of a batch
  InputKind input;
  int channels;
  Numerics numerics;
  bool gemm_readout;
  int compute_capability;  // of the device: cuBLAS's workspace depends on it
  std::size_t l2_bytes;    // of the device: the stretches of the readout by cuBLAS fit into it
};

// Throws Error{kDevice} for a precision the device lacks.
ProgramShape program_shape(const Device& device, int channels, std::size_t images,
                           const Method& method);

// N: images of a batch, C: channels, R: rows, W: columns, K: positions as stored
// (readout_operands.h). Elements and layout are the numerics' unless said otherwise.
struct ProgramMemory {
  struct Layer {
    BufferId weight;
    BufferId bias;  // [C]
  };
  struct Head {
    BufferId spatial;   // [R, K], the request's rows in order
    BufferId features;  // [R, C]
    BufferId bias;      // [R] float32
  };
  struct Slot {
    BufferId pinned_input;                   // [N] images of the shape's InputKind
    BufferId input;                          // the same on the device
    std::vector<BufferId> responses;         // per target [N, W] float32
    std::vector<BufferId> pinned_responses;  // the same on the host
  };

  ProgramMemory(const ProgramShape& shape, const std::vector<CoreStep>& steps,
                const Request& request);

  MemoryPlan plan;
  BufferId table;       // [3, 256] float32, the normalisation; empty for normalised input
  BufferId normalized;  // the core's input
  BufferId even;        // activations alternate between the two; weights are staged in the first
  BufferId odd;
  std::uint64_t activation_bytes;  // of each of the two
  BufferId feature_maps;           // [N, K, C], zeros beyond the real positions
  BufferId workspace;              // cuDNN's, shared by all layers
  BufferId gemm_products;          // of a chunk of rows; empty with the fused readout
  BufferId gemm_workspace;         // cuBLAS's; empty with the fused readout
  BufferId counters;               // uint64 [ProgramCounters::kCount]
  BufferId packed_result;          // [N, R] float32; empty unless responses are scattered
  BufferId sources;                // uint32 [W]: row of each column; empty unless scattered
  std::vector<Layer> layers;
  std::vector<Head> heads;  // per target
  std::array<Slot, 3> slots;
};

}  // namespace corticast::cuda
