#include "engine/atlas/noise_ceiling.h"

#include <charconv>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

std::string known_names() {
  std::string names;
  for (const std::string_view name : kNoiseCeilings) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

// Of those that a subject has.
std::string held_names(const SubjectMetadata& metadata) {
  std::string names;
  for (std::size_t i = 0; i < kNoiseCeilings.size(); ++i) {
    if (metadata.noise_ceilings[i].empty()) continue;
    names += (names.empty() ? "" : ", ") + std::string(kNoiseCeilings[i]);
  }
  return names;
}

std::span<const float> ceiling_of(const Model& model, const Target& target, std::size_t index) {
  const SubjectMetadata& metadata = model.metadata(target.readout);
  if (!metadata.noise_ceilings[index].empty()) return metadata.noise_ceilings[index];
  const std::string held = held_names(metadata);
  throw Error(ErrorCode::kUsage,
              "--min-noise-ceiling: the model holds no noise ceiling " +
                  std::string(kNoiseCeilings[index]) + " of " + target.name,
              held.empty() ? "Add BERG's metadata files with 'corticast-weights metadata MODEL "
                             "FILE.npy... -o OUT'."
                           : "It holds " + held + ".");
}

}  // namespace

MinNoiseCeiling parse_min_noise_ceiling(const std::string& text) {
  const std::size_t colon = text.find(':');
  const auto index = noise_ceiling_named(text.substr(0, colon));
  if (!index) {
    throw Error(
        ErrorCode::kUsage,
        "--min-noise-ceiling " + text + ": '" + text.substr(0, colon) + "' is no noise ceiling",
        "Write NAME:THRESHOLD with one of " + known_names() + ".");
  }
  MinNoiseCeiling wanted = {*index, 0};
  const std::string number = colon == std::string::npos ? "" : text.substr(colon + 1);
  const char* const last = number.data() + number.size();
  const auto [end, status] = std::from_chars(number.data(), last, wanted.threshold);
  if (status != std::errc{} || end != last || !std::isfinite(wanted.threshold)) {
    throw Error(ErrorCode::kUsage,
                "--min-noise-ceiling " + text + ": '" + number + "' is no threshold",
                "Write for example test_n-avg:0.2.");
  }
  return wanted;
}

std::string keep_reliable(ColumnUnion& chosen, const Model& model, std::span<const Target> targets,
                          const std::string& text) {
  const MinNoiseCeiling wanted = parse_min_noise_ceiling(text);
  const ModelInfo& info = model.info();
  if (!info.has_atlas()) {
    throw Error(
        ErrorCode::kUsage,
        "--min-noise-ceiling needs the place of each column: this model has no atlas, its " +
            grouped(info.vertices) + " columns are not tied to grayordinates",
        "Choose columns with --vertex-mask.");
  }
  const std::size_t before = chosen.columns().size();
  std::vector<bool> stays(info.vertices, true);
  for (const Target& target : targets) {
    const std::span<const float> ceiling = ceiling_of(model, target, wanted.ceiling);
    for (std::size_t column = 0; column < stays.size(); ++column) {
      const float value = ceiling[static_cast<std::size_t>(info.grayordinates[column])];
      if (!std::isfinite(value) || value < wanted.threshold) stays[column] = false;
    }
  }
  chosen.keep(stays);
  const std::size_t after = chosen.columns().size();
  const std::string what = "noise ceiling " + std::string(kNoiseCeilings[wanted.ceiling]) +
                           " of at least " + text.substr(text.find(':') + 1);
  const std::string whom = targets.size() == 1
                               ? targets[0].name
                               : "every one of " + grouped(targets.size()) + " subjects";
  if (after == 0) {
    throw Error(ErrorCode::kUsage,
                "the selection is empty: none of " + grouped(before) + " vertices has a " + what +
                    " in " + whom,
                targets.size() == 1 ? "Lower the threshold; 'corticast info MODEL --subject " +
                                          targets[0].name + "' shows medians."
                                    : "Lower the threshold, or ask for one subject at a time.");
  }
  return grouped(after) + " of " + grouped(before) + " vertices have a " + what + " in " + whom;
}

}  // namespace corticast
