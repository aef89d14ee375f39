#include "engine/model/synthetic_metadata.h"

#include <algorithm>
#include <limits>

#include "engine/model/format.h"
#include "engine/model/synthetic_noise.h"

namespace corticast {
namespace {

// Which kinds of ceiling BERG has of a dataset: its datasets were not all measured alike.
bool is_measured(std::string_view ceiling, std::string_view dataset) {
  const bool both = dataset == "NSD" || dataset == "deeprecon";
  if (ceiling.starts_with("artificial")) return both;
  return ceiling.starts_with("test") || both || dataset == "BMD" || dataset == "NOD";
}

Stimuli invent_stimuli() {
  constexpr std::int64_t kStimuli = 12;
  constexpr std::int64_t kEveryThird = 3;  // is a test image, shown three times
  Stimuli stimuli;
  for (std::int64_t i = 0; i < kStimuli; ++i) {
    const std::string number = (i < 9 ? "0" : "") + std::to_string(i + 1);
    const bool test = i % kEveryThird == 0;
    stimuli.filenames.push_back("invented_" + number + ".jpg");
    stimuli.alias.push_back("stimulus " + number);
    stimuli.source.emplace_back("invented");
    stimuli.reps.push_back(test ? kEveryThird : 1);
    (test ? stimuli.test_idx : stimuli.train_idx).push_back(i);
    (test ? stimuli.test_filenames : stimuli.train_filenames).push_back(stimuli.filenames.back());
  }
  return stimuli;
}

}  // namespace

SubjectMetadata invent_metadata(const ModelInfo& info, std::size_t readout, std::uint64_t seed,
                                std::span<float> ceilings) {
  const bool known = readout < info.subjects.size();
  const std::string dataset(known ? info.subjects[readout].dataset->short_name : "NSD");
  SubjectMetadata metadata;
  metadata.facts = {{"participant_id", known ? info.subjects[readout].folder() : "sub-01"},
                    {"note", "invented, as the weights are"}};
  metadata.stimuli = invent_stimuli();
  std::fill(ceilings.begin(), ceilings.end(), std::numeric_limits<float>::quiet_NaN());
  const SyntheticNoise noise(seed, format::subject_name(info, readout));
  for (std::size_t k = 0; k < kNoiseCeilings.size(); ++k) {
    if (!is_measured(kNoiseCeilings[k], dataset)) continue;
    const auto ceiling = ceilings.subspan(k * kCeilingGrayordinates, kCeilingGrayordinates);
    // A single trial reaches half of what the mean of several does.
    const double mean = kNoiseCeilings[k].ends_with("n-1") ? 0.2 : 0.4;
    for (std::uint64_t g = 0; g < format::kCorticalGrayordinates; ++g) {
      const double normal = static_cast<double>(noise.at(g)) / SyntheticNoise::deviation();
      ceiling[g] = static_cast<float>(std::clamp(mean + normal * mean / 2, 0.0, 1.0));
    }
    metadata.noise_ceilings[k] = ceiling;
  }
  return metadata;
}

}  // namespace corticast
