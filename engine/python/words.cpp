#include "engine/python/words.h"

#include "engine/atlas/selection.h"
#include "engine/atlas/subjects.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/image/network_input.h"
#include "engine/model/model.h"
#include "engine/python/failure.h"

namespace corticast_python {
namespace {

template <typename Function>
auto translated(Function&& function) {
  try {
    return function();
  } catch (const corticast::Error& error) {
    throw Failure(error.exit_code(), error.what(), error.hint());
  }
}

}  // namespace

std::vector<std::pair<std::string, int>> areas() {
  std::vector<std::pair<std::string, int>> all;
  all.reserve(corticast::kLabels);
  for (int label = 1; label <= corticast::kLabels; ++label) {
    all.emplace_back(corticast::label_name(label), corticast::label_group(label));
  }
  return all;
}

std::vector<std::int16_t> labels(std::span<const std::int32_t> grayordinates) {
  return translated([&] {
    std::vector<std::int16_t> all;
    all.reserve(grayordinates.size());
    for (const std::int32_t grayordinate : grayordinates) {
      all.push_back(static_cast<std::int16_t>(corticast::label_of(grayordinate)));
    }
    return all;
  });
}

std::vector<std::uint32_t> select_berg(
    std::uint32_t columns, std::span<const std::int32_t> grayordinates,
    const std::optional<std::vector<std::string>>& roi,
    const std::optional<std::vector<int>>& groups,
    const std::optional<std::vector<std::int64_t>>& voxel_index) {
  return translated([&] {
    return corticast::select_berg(columns, grayordinates,
                                  corticast::BergSelection{roi, groups, voxel_index});
  });
}

std::vector<Target> resolve_subjects(const std::vector<std::string>& subjects, bool multihead,
                                     const std::string& list) {
  return translated([&] {
    corticast::ModelInfo info;
    info.multihead = multihead;
    info.subjects.reserve(subjects.size());
    for (const std::string& name : subjects) {
      info.subjects.push_back(corticast::parse_subject(name).value());
    }
    std::vector<Target> targets;
    for (const corticast::Target& target : corticast::resolve_subjects(info, list)) {
      const bool known = target.result_path.size() == 2;
      targets.push_back(
          {target.name, known ? target.result_path[0] : "", known ? target.result_path[1] : ""});
    }
    return targets;
  });
}

std::vector<Known> known_subjects(const std::string& path) {
  return translated([&] {
    const corticast::Model model(path);
    std::vector<Known> all(model.info().readouts());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const corticast::SubjectMetadata& metadata = model.metadata(i);
      const corticast::Stimuli& stimuli = metadata.stimuli;
      all[i].facts = metadata.facts;
      for (std::size_t k = 0; k < corticast::kNoiseCeilings.size(); ++k) {
        const std::span<const float> ceiling = metadata.noise_ceilings[k];
        if (ceiling.empty()) continue;
        all[i].noise_ceilings.emplace_back(std::string(corticast::kNoiseCeilings[k]),
                                           std::vector<float>(ceiling.begin(), ceiling.end()));
      }
      if (stimuli.empty()) continue;
      all[i].texts = {{"filenames", stimuli.filenames},
                      {"alias", stimuli.alias},
                      {"source", stimuli.source},
                      {"train_filenames", stimuli.train_filenames},
                      {"test_filenames", stimuli.test_filenames}};
      all[i].numbers = {
          {"train_idx", stimuli.train_idx}, {"test_idx", stimuli.test_idx}, {"reps", stimuli.reps}};
    }
    return all;
  });
}

void read_image(const std::string& path, std::uint8_t* pixels) {
  translated([&] {
    const std::vector<std::byte> file =
        corticast::read_file(path, corticast::kMaxFileBytes, corticast::ErrorCode::kImage);
    try {
      corticast::decode_network_input(file, pixels);
    } catch (const corticast::Error& error) {
      throw corticast::Error(error.code(), path + ": " + error.what(), error.hint());
    }
  });
}

}  // namespace corticast_python
