#include "cli/noise_ceiling.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "engine/analysis/columns.h"
#include "engine/analysis/score.h"
#include "engine/atlas/subjects.h"
#include "engine/base/error.h"
#include "engine/model/model.h"
#include "engine/output/response_maps.h"

namespace corticast::cli {
namespace {

constexpr std::string_view kDefaultCeiling = "test_n-avg";

struct Word {
  std::string file;
  std::string name;  // "" if none was given
};

// The name follows the last ':' unless the whole is a file.
Word split_word(const std::string& word) {
  const std::size_t colon = word.rfind(':');
  std::error_code none;
  if (colon == std::string::npos || std::filesystem::exists(word, none)) return {word, ""};
  return {word.substr(0, colon), word.substr(colon + 1)};
}

std::size_t readout_of(const Model& model, const std::string& file, const std::string& subject) {
  const ModelInfo& info = model.info();
  if (info.readouts() == 1) return 0;
  if (subject.empty()) {
    throw Error(
        ErrorCode::kUsage,
        file + ": has noise ceilings of several subjects: " + describe_subjects(info.subjects),
        "Say whose with --subject.");
  }
  return resolve_subjects(info, subject).front().readout;
}

std::unique_ptr<Maps> ceilings_of_model(const Word& word, const std::string& subject) {
  const Model model(word.file);
  const std::string name = word.name.empty() ? std::string(kDefaultCeiling) : word.name;
  const std::optional<std::size_t> kind = noise_ceiling_named(name);
  std::string known;
  for (const std::string_view each : kNoiseCeilings) {
    known += (known.empty() ? "" : ", ") + std::string(each);
  }
  if (!kind) {
    throw Error(ErrorCode::kUsage, "unknown noise ceiling '" + name + "'", "Known are " + known);
  }
  const std::size_t readout = readout_of(model, word.file, subject);
  const std::span<const float> values = model.metadata(readout).noise_ceilings[*kind];
  if (values.empty()) {
    throw Error(ErrorCode::kUsage,
                word.file + ": holds no noise ceiling " + name + " of " +
                    (subject.empty() ? "its subject" : subject),
                "corticast-weights metadata imports them; a file of maps will do, too.");
  }
  std::vector<std::int32_t> grayordinates(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) grayordinates[i] = static_cast<std::int32_t>(i);
  return std::make_unique<MemoryMaps>(std::vector<std::string>{name}, values.size(),
                                      std::move(grayordinates),
                                      std::vector<float>(values.begin(), values.end()));
}

std::size_t map_named(const Maps& maps, const Word& word) {
  const std::vector<std::string>& names = maps.names();
  if (names.empty()) throw Error(ErrorCode::kUsage, word.file + ": holds no map");
  if (word.name.empty()) return 0;
  const auto at = std::find(names.begin(), names.end(), word.name);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  throw Error(ErrorCode::kUsage, word.file + ": holds no map '" + word.name + "'",
              "The first that it holds is '" + names.front() + "'.");
}

}  // namespace

std::vector<float> read_noise_ceiling(const std::string& word_, const std::string& subject,
                                      const Maps& like, std::vector<std::string>& notes) {
  const Word word = split_word(word_);
  const bool is_model = std::filesystem::path(word.file).extension() == ".corticast";
  const std::unique_ptr<Maps> maps =
      is_model ? ceilings_of_model(word, subject) : open_maps(word.file, "");
  const std::size_t index = is_model ? 0 : map_named(*maps, word);
  if (!is_model && word.name.empty() && maps->names().size() > 1) {
    notes.push_back(word.file + ": has several maps; the noise ceiling is the first, '" +
                    maps->names().front() + "' (FILE:NAME names another)");
  }
  std::vector<float> values(maps->columns());
  maps->read({index, 1}, values.data());
  if (ceilings_as_fractions(values, word.file)) {
    notes.push_back(word.file + ": noise ceilings above 1 are taken to be per cent");
  }
  const SharedColumns shared = shared_columns(like, "the predictions", *maps, word.file);
  std::vector<float> ceilings(like.columns(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < shared.left.size(); ++i) {
    ceilings[shared.left[i]] = values[shared.right[i]];
  }
  return ceilings;
}

}  // namespace corticast::cli
