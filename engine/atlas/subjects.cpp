#include "engine/atlas/subjects.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

[[noreturn]] void refuse(const ModelInfo& info, const std::string& word,
                         const std::string& problem) {
  std::vector<std::string> known = {"all"};
  for (const Subject& subject : info.subjects) {
    known.push_back(subject.canonical());
    known.push_back(subject.key());
    known.push_back(std::string(subject.dataset->long_name) + ":" + std::to_string(subject.number));
  }
  const std::string suggestion = nearest(word, known);
  throw Error(ErrorCode::kUsage, problem,
              (suggestion.empty() ? "" : "Did you mean " + suggestion + "? ") +
                  "This model holds " + describe_subjects(info.subjects) + ".");
}

// The model's only dataset, or nullptr.
const Dataset* only_dataset(const std::vector<Subject>& subjects) {
  if (subjects.empty()) return nullptr;
  const Dataset* dataset = subjects.front().dataset;
  for (const Subject& subject : subjects) {
    if (subject.dataset != dataset) return nullptr;
  }
  return dataset;
}

std::size_t find_readout(const ModelInfo& info, const std::string& word) {
  std::optional<Subject> subject = parse_subject(word);
  if (unsigned number = 0; parse_number(word, number)) {
    const Dataset* dataset = only_dataset(info.subjects);
    if (dataset == nullptr) {
      refuse(info, word, "subject '" + word + "' does not say of which dataset");
    }
    subject = Subject{dataset, number};
  }
  if (!subject) refuse(info, word, "unknown subject '" + word + "'");
  const auto found = std::find(info.subjects.begin(), info.subjects.end(), *subject);
  if (found == info.subjects.end()) {
    refuse(info, word, "this model holds no readout for subject '" + word + "'");
  }
  return static_cast<std::size_t>(found - info.subjects.begin());
}

Target singlehead_target(const ModelInfo& info, const std::vector<std::string>& words) {
  const std::string name = info.subjects.empty() ? "" : info.subjects.front().canonical();
  for (const std::string& word : words) {
    if (word == "all") continue;
    throw Error(ErrorCode::kUsage,
                "subject '" + word + "' cannot be chosen: this model has a single readout" +
                    (name.empty() ? "" : " (" + name + ")"),
                "Leave --subjects away, or say --subjects all.");
  }
  return {0, {"readout"}, name.empty() ? "readout" : name};
}

}  // namespace

std::vector<Target> resolve_subjects(const ModelInfo& info, std::string_view list) {
  const std::vector<std::string> words = split_list(list);
  if (words.empty()) {
    throw Error(ErrorCode::kUsage, "--subjects names no subject", "Say --subjects all.");
  }
  if (!info.multihead) return {singlehead_target(info, words)};

  std::vector<Target> targets;
  std::vector<bool> taken(info.subjects.size());
  const auto take = [&](std::size_t readout) {
    if (taken[readout]) return;
    taken[readout] = true;
    const Subject& subject = info.subjects[readout];
    targets.push_back({readout,
                       {std::string(subject.dataset->long_name), subject.folder()},
                       subject.canonical()});
  };
  for (const std::string& word : words) {
    if (word == "all") {
      for (std::size_t readout = 0; readout < info.subjects.size(); ++readout) take(readout);
    } else {
      take(find_readout(info, word));
    }
  }
  return targets;
}

std::string describe_subjects(const std::vector<Subject>& subjects) {
  std::string text;
  for (std::size_t first = 0; first < subjects.size();) {
    std::size_t last = first;
    while (last + 1 < subjects.size() && subjects[last + 1].dataset == subjects[first].dataset &&
           subjects[last + 1].number == subjects[last].number + 1) {
      ++last;
    }
    text += (text.empty() ? "" : ", ") + subjects[first].canonical();
    if (last > first) {
      text += (last == first + 1 ? ", " : "..") + subjects[last].canonical();
    }
    first = last + 1;
  }
  return text;
}

}  // namespace corticast
