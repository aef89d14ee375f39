// Random models with honest arithmetic and no training: for tests, benchmarks and trying things out
// where no checkpoint is at hand. The same options give the same bytes on every machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/model/subject.h"

namespace corticast {

struct SyntheticModel {
  int features = 48;  // the core has 8 x features channels
  std::uint32_t vertices = 0;
  std::string vertex_set = "none";          // "all", "visual" or "none"
  std::vector<std::int32_t> grayordinates;  // [vertices], empty for "none"
  std::vector<Subject> subjects;            // one readout each; empty: one singlehead readout
  std::uint64_t seed = 0;
  bool metadata = false;  // invented noise ceilings and stimuli of each subject (not for "none")
  std::string converter;
};

// Writes the model, marked untrained. Convolutions are scaled to their fan-in so that activations
// keep a magnitude near 1 through the layers; a tensor's weights depend on the seed, its name and
// its row length alone, so a subject has the same readout in every model of one width and seed.
// Returns the model hash. Errors as ModelWriter's.
std::string write_synthetic(const std::filesystem::path& destination, const SyntheticModel& model);

}  // namespace corticast
