// Checks that the pointers handed to an execution fit what its plan touches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/cuda_sim/libraries/graph.h"
#include "tests/cuda_sim/machine/memory.h"
#include "tests/cuda_sim/machine/report.h"

namespace cuda_sim::cudnn {

// What the attributes of a variant pack descriptor hold.
struct VariantPack {
  std::vector<std::int64_t> uids;
  std::vector<std::uint64_t> pointers;  // one per uid
  std::uint64_t workspace = 0;
};

struct Finding {
  Fault fault = Fault::kLibrary;
  std::string message;
  bool stops = false;  // the work cannot run
};

// Without a look at memory: a tensor without pointer, a pointer not aligned as its tensor promises,
// a uid twice, no workspace where the plan needs one. All of them stop.
std::vector<Finding> check_pack(const Graph& graph, const VariantPack& pack,
                                std::uint64_t workspace_bytes);

// One per tensor of the graph, 0 for virtual ones. The pack has passed check_pack().
std::vector<std::uint64_t> addresses_of(const Graph& graph, const VariantPack& pack);

// At the moment the work runs: every tensor and the workspace inside one live allocation, inputs
// written before, outputs and workspace apart from everything else.
std::vector<Finding> check_memory(const Graph& graph, const std::vector<std::uint64_t>& addresses,
                                  std::uint64_t workspace, std::uint64_t workspace_bytes,
                                  Memory& memory);

// Why [address, address + bytes) is not all inside one live allocation: "4 bytes past the end of
// allocation 3 (...)", "freed allocation 3 (...)". Empty when it is.
std::string outside(Memory& memory, std::uint64_t address, std::uint64_t bytes);

}  // namespace cuda_sim::cudnn
