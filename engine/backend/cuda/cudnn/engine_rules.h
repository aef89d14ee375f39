// Which of cuDNN's engines compute what a precision promises, by the notes that cuDNN itself puts
// on them.
#pragma once

#include <cudnn.h>

#include <span>
#include <string>

#include "engine/backend/cuda/numerics.h"

namespace corticast::cuda {

// fp32, fp32-strict: no tensor cores, which multiply float32 as TF32 (cuDNN puts no other note on
// engines that do). All but fp32: no Winograd, whose transforms cost up to a digit. All: inputs as
// they are stored, sums in float32, the same bits at every run, no FFT.
bool keeps_promise(const Numerics& numerics, std::span<const cudnnBackendNumericalNote_t> notes);

// Multiplies in tensor cores.
bool uses_tensor_cores(std::span<const cudnnBackendNumericalNote_t> notes);

// "tensor-core, winograd"; a note that is newer than this program by its number.
std::string to_string(std::span<const cudnnBackendNumericalNote_t> notes);

}  // namespace corticast::cuda
