// A program's weights and tables into its memory.
#pragma once

#include "engine/backend/cuda/program_memory.h"

namespace corticast::cuda {

// Verifies what it reads. Throws Error{kModel} for weights whose checksum does not match,
// Error{kDevice} for weights that the program's format cannot hold, with their number. Returns when
// everything is on the device; clears counters and the padding of the feature maps.
void load_weights(const Model& model, const Request& request, const ProgramShape& shape,
                  const std::vector<CoreStep>& core, const ProgramMemory& layout,
                  const DeviceMemory& memory);

}  // namespace corticast::cuda
