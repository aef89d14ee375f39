// From a program's buffers to the list of steps that a batch goes through.
#pragma once

#include <memory>
#include <vector>

#include "engine/backend/cuda/cublas/handle.h"
#include "engine/backend/cuda/device.h"
#include "engine/backend/cuda/program_memory.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

// Libraries that steps call; each outlives the steps and is bound to the stream of the batches.
struct StepLibraries {
  const CudnnHandle& cudnn;
  const CublasHandle* cublas;  // null with the fused readout
};

// Normalise or take normalised images, eight blocks, and for each target readout and expansion, in
// the order they run. Takes the convolutions out of `core`.
std::vector<std::unique_ptr<Step>> program_steps(const ProgramShape& shape, const Device& device,
                                                 const StepLibraries& libraries,
                                                 const Request& request, std::vector<CoreStep> core,
                                                 const ProgramMemory& layout,
                                                 const DeviceMemory& memory);

}  // namespace corticast::cuda
