// What a network on the CPU tells those who check or time it: every step as soon as it has run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace corticast::cpu {

enum class StepKind { kNormalise, kConvolution, kPool, kPack, kReadout, kScatter };

// Pointers are valid during the call. The core and the packing of its output run image by image,
// the rest on the whole batch.
struct StepRun {
  StepKind kind;
  std::size_t index;           // block of the core, from 0; target of a readout or scatter
  const std::uint8_t* pixels;  // kNormalise: [224, 224, 3]; else null
  const float* in;             // of other steps: [side, side, C]; packed images; [n, rows]
  const float* out;            // [side, side, C]; a packed image; [n, rows]; [n, columns]
};
using StepObserver = std::function<void(const StepRun&)>;

}  // namespace corticast::cpu
