// Computes what an execution plan says, on device memory.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/cuda_sim/libraries/graph.h"
#include "tests/cuda_sim/machine/memory.h"

namespace cuda_sim::cudnn {

// addresses: one per tensor of the graph, 0 for virtual ones; each tensor lies in a live allocation
// (bindings.h checks that). tf32: float inputs of convolutions are rounded to tf32. Tensors with an
// address are rounded to their type, virtual ones stay float.
void run_graph(const Graph& graph, const std::vector<std::uint64_t>& addresses, bool tf32,
               Memory& memory);

// How a tensor is touched. Virtual tensors are not listed.
struct Touch {
  std::size_t tensor = 0;
  bool reads = false;
  bool writes = false;
  bool by_convolution = false;  // read at other places than where the outputs are written
};
std::vector<Touch> touches(const Graph& graph);

}  // namespace cuda_sim::cudnn
