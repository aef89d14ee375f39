#include "engine/model/subject_metadata.h"

#include <algorithm>

namespace corticast {

bool SubjectMetadata::empty() const {
  return facts.empty() && stimuli.empty() &&
         std::all_of(noise_ceilings.begin(), noise_ceilings.end(),
                     [](std::span<const float> ceiling) { return ceiling.empty(); });
}

std::optional<std::size_t> noise_ceiling_named(std::string_view name) {
  constexpr std::string_view kEnding = "_noiseceiling";
  if (name.ends_with(kEnding)) name.remove_suffix(kEnding.size());
  const auto* const found = std::find(kNoiseCeilings.begin(), kNoiseCeilings.end(), name);
  if (found == kNoiseCeilings.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kNoiseCeilings.begin());
}

}  // namespace corticast
