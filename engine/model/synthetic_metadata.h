// Invented metadata of synthetic models.
#pragma once

#include <cstdint>
#include <span>

#include "engine/model/model.h"

namespace corticast {

// Fills `ceilings` ([6 * 91,282]) with noise ceilings between 0 and 1 for the cortex, NaN
// elsewhere, and refers to those that BERG has of the subject's dataset: train for some, artificial
// for NSD and deeprecon alone. The same seed and subject give the same.
SubjectMetadata invent_metadata(const ModelInfo& info, std::size_t readout, std::uint64_t seed,
                                std::span<float> ceilings);

}  // namespace corticast
