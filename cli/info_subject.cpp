#include "cli/info_subject.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/words.h"
#include "engine/atlas/roi.h"
#include "engine/atlas/subjects.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kRemedy =
    "Add BERG's metadata files: corticast-weights metadata MODEL FILE.npy... -o OUT";

// Of the model's vertices, of a Glasser group or (0) of all.
struct Median {
  int group = 0;
  std::size_t vertices = 0;  // with a ceiling
  double median = 0;         // NaN where there is none
};

double median_of(std::vector<float>& values) {
  if (values.empty()) return std::nan("");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0) return double{*middle};
  return (double{*middle} + double{*std::max_element(values.begin(), middle)}) / 2;
}

std::vector<Median> medians_of(std::span<const float> ceiling, const ModelInfo& info) {
  std::vector<std::vector<float>> values(kGroups + 1);
  std::vector<bool> held(kGroups + 1);
  held[0] = true;
  for (const std::int32_t grayordinate : info.grayordinates) {
    const auto group = static_cast<std::size_t>(group_of(grayordinate));
    held[group] = true;
    const float value = ceiling[static_cast<std::size_t>(grayordinate)];
    if (!std::isfinite(value)) continue;
    values[0].push_back(value);
    if (group != 0) values[group].push_back(value);
  }
  std::vector<Median> medians;
  for (std::size_t group = 0; group < values.size(); ++group) {
    if (!held[group]) continue;
    const std::size_t count = values[group].size();
    medians.push_back({static_cast<int>(group), count, median_of(values[group])});
  }
  return medians;
}

ordered_json stimuli_json(const Stimuli& stimuli) {
  return {{"filenames", stimuli.filenames.size()},
          {"train", std::max(stimuli.train_idx.size(), stimuli.train_filenames.size())},
          {"test", std::max(stimuli.test_idx.size(), stimuli.test_filenames.size())},
          {"seen", std::count_if(stimuli.reps.begin(), stimuli.reps.end(),
                                 [](std::int64_t reps) { return reps > 0; })}};
}

void print_json(const Target& target, const ModelInfo& info, const SubjectMetadata& metadata) {
  ordered_json json{{"subject", target.name}, {"facts", ordered_json::object()}};
  for (const auto& [name, value] : metadata.facts) json["facts"][name] = value;
  json["stimuli"] = metadata.stimuli.empty() ? ordered_json() : stimuli_json(metadata.stimuli);
  json["noise_ceilings"] = ordered_json::object();
  for (std::size_t k = 0; k < kNoiseCeilings.size(); ++k) {
    ordered_json& medians = json["noise_ceilings"][std::string(kNoiseCeilings[k])];
    if (metadata.noise_ceilings[k].empty()) continue;  // null
    for (const Median& median : medians_of(metadata.noise_ceilings[k], info)) {
      ordered_json row{{"group", median.group}, {"vertices", median.vertices}, {"median", nullptr}};
      if (median.vertices > 0) row["median"] = median.median;
      medians.push_back(row);
    }
  }
  std::cout << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_ceilings(const ModelInfo& info, const SubjectMetadata& metadata) {
  std::string absent;
  std::vector<std::vector<Median>> columns;
  std::cout << "\nmedian noise ceiling of the model's vertices\n"
            << std::left << std::setw(15) << "Glasser group" << std::right;
  for (std::size_t k = 0; k < kNoiseCeilings.size(); ++k) {
    if (metadata.noise_ceilings[k].empty()) {
      absent += (absent.empty() ? "" : ", ") + std::string(kNoiseCeilings[k]);
      continue;
    }
    std::cout << std::setw(18) << kNoiseCeilings[k];
    columns.push_back(medians_of(metadata.noise_ceilings[k], info));
  }
  std::cout << "\n" << std::fixed << std::setprecision(3);
  for (std::size_t row = 0; !columns.empty() && row < columns[0].size(); ++row) {
    const int group = columns[0][row].group;
    std::cout << std::left << std::setw(15) << (group == 0 ? "all" : std::to_string(group))
              << std::right;
    for (const std::vector<Median>& column : columns) {
      if (column[row].vertices > 0) {
        std::cout << std::setw(18) << column[row].median;
      } else {
        std::cout << std::setw(18) << "none";
      }
    }
    std::cout << "\n";
  }
  if (!absent.empty()) std::cout << "not in the file: " << absent << "\n";
}

void print_text(const Target& target, const ModelInfo& info, const SubjectMetadata& metadata) {
  const auto line = [](const std::string& name, const std::string& value) {
    std::cout << std::left << std::setw(15) << name << " " << value << "\n";
  };
  line("subject", target.name);
  for (const auto& [name, value] : metadata.facts) line(printable(name), printable(value));
  if (metadata.facts.empty()) line("facts", "none in the file");
  if (metadata.stimuli.empty()) {
    line("stimuli", "none in the file");
  } else {
    const ordered_json stimuli = stimuli_json(metadata.stimuli);
    const auto count = [&](const char* key) { return grouped(stimuli[key].get<std::uint64_t>()); };
    line("stimuli", count("filenames") + " (" + count("train") + " train, " + count("test") +
                        " test" +
                        (metadata.stimuli.reps.empty()
                             ? ")"
                             : "), " + count("seen") + " of them seen by this subject"));
  }
  const bool any = std::any_of(metadata.noise_ceilings.begin(), metadata.noise_ceilings.end(),
                               [](std::span<const float> c) { return !c.empty(); });
  if (!any) {
    line("noise ceilings", "none in the file");
  } else if (!info.has_atlas()) {
    line("noise ceilings", "in the file, but this model's vertices have no place in the cortex");
  } else {
    print_ceilings(info, metadata);
  }
  if (metadata.empty()) std::cout << kRemedy << "\n";
}

}  // namespace

void print_subject(const Model& model, const std::string& subject, bool json) {
  const ModelInfo& info = model.info();
  std::optional<Target> target;
  if (!info.multihead && !info.subjects.empty() && parse_subject(subject) == info.subjects[0]) {
    target = Target{0, {"readout"}, info.subjects[0].canonical()};
  } else {
    const std::vector<Target> targets = resolve_subjects(info, subject);
    if (targets.size() != 1) {
      throw Error(ErrorCode::kUsage,
                  "--subject " + subject + ": " + grouped(targets.size()) + " subjects",
                  "Ask for one at a time, for example --subject " + targets[0].name + ".");
    }
    target = targets[0];
  }
  const SubjectMetadata& metadata = model.metadata(target->readout);
  json ? print_json(*target, info, metadata) : print_text(*target, info, metadata);
}

}  // namespace corticast::cli
