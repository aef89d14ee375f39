#include "engine/model/subject.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::array<Dataset, 8> kDatasets = {{
    {"BOLDMomentsDataset", "BMD", 10},
    {"BOLD5000", "BOLD5000", 4},
    {"GenericObjectDecoding", "GOD", 5},
    {"HumanActionsDataset", "HAD", 30},
    {"NaturalObjectDataset", "NOD", 30},
    {"NaturalScenesDataset", "NSD", 8},
    {"THINGS", "THINGS", 3},
    {"deeprecon", "deeprecon", 3},
}};

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

const Dataset* find_dataset(std::string_view name) {
  for (const Dataset& dataset : kDatasets) {
    if (same_letters(name, dataset.long_name) || same_letters(name, dataset.short_name)) {
      return &dataset;
    }
  }
  return nullptr;
}

std::optional<Subject> make_subject(std::string_view dataset_name, std::string_view digits) {
  const Dataset* dataset = find_dataset(dataset_name);
  unsigned number = 0;
  if (dataset == nullptr || digits.size() > 2 || !parse_number(digits, number)) {
    return std::nullopt;
  }
  if (number < 1 || number > dataset->subjects) return std::nullopt;
  return Subject{dataset, number};
}

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::span<const Dataset> datasets() {
  return kDatasets;
}

std::string Subject::canonical() const {
  return std::string(dataset->short_name) + "-" + two_digits(number);
}

std::string Subject::key() const {
  return folder() + "_" + std::string(dataset->short_name);
}

std::string Subject::folder() const {
  return "sub-" + two_digits(number);
}

std::optional<Subject> parse_subject(std::string_view text) {
  constexpr std::string_view kFolder = "sub-";
  constexpr std::size_t kKeyPrefix = kFolder.size() + 3;  // "sub-01_"
  if (text.starts_with(kFolder)) {
    if (text.size() < kKeyPrefix || text[kKeyPrefix - 1] != '_') return std::nullopt;
    const std::string_view name = text.substr(kKeyPrefix);
    return make_subject(name, text.substr(kFolder.size(), 2));
  }
  const std::size_t at = text.find_last_of(":-");
  if (at == std::string_view::npos) return std::nullopt;
  return make_subject(text.substr(0, at), text.substr(at + 1));
}

}  // namespace corticast
