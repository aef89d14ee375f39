#include "engine/backend/cuda/cudnn/engine_rules.h"

#include <algorithm>

namespace corticast::cuda {
namespace {

bool breaks_promise(const Numerics& numerics, cudnnBackendNumericalNote_t note) {
  switch (note) {
    case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
      return !numerics.tensor_cores();
    case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
    case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
    case CUDNN_NUMERICAL_NOTE_FFT:
    case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      return true;
    case CUDNN_NUMERICAL_NOTE_WINOGRAD:
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4:
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13:
      return numerics.precision != Precision::kFp32;
    default:
      return false;
  }
}

std::string name_of(cudnnBackendNumericalNote_t note) {
  switch (note) {
    case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
      return "tensor-core";
    case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
      return "down-convert-inputs";
    case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
      return "reduced-precision-reduction";
    case CUDNN_NUMERICAL_NOTE_FFT:
      return "fft";
    case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      return "nondeterministic";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD:
      return "winograd";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4:
      return "winograd-4x4";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
      return "winograd-6x6";
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13:
      return "winograd-13x13";
    default:
      return "note-" + std::to_string(static_cast<int>(note));
  }
}

}  // namespace

bool keeps_promise(const Numerics& numerics, std::span<const cudnnBackendNumericalNote_t> notes) {
  return std::ranges::none_of(notes, [&numerics](cudnnBackendNumericalNote_t note) {
    return breaks_promise(numerics, note);
  });
}

bool uses_tensor_cores(std::span<const cudnnBackendNumericalNote_t> notes) {
  return std::ranges::find(notes, CUDNN_NUMERICAL_NOTE_TENSOR_CORE) != notes.end();
}

std::string to_string(std::span<const cudnnBackendNumericalNote_t> notes) {
  std::string text;
  for (const cudnnBackendNumericalNote_t note : notes) {
    text += (text.empty() ? "" : ", ") + name_of(note);
  }
  return text;
}

}  // namespace corticast::cuda
