#include "engine/analysis/matching.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::array<std::pair<std::string_view, MatchBy>, 5> kWords = {
    {{"auto", MatchBy::kAuto},
     {"name", MatchBy::kName},
     {"file", MatchBy::kFile},
     {"stem", MatchBy::kStem},
     {"order", MatchBy::kOrder}}};

// Length of the name without the ending of an image file.
std::size_t stem_length(std::string_view name) {
  constexpr std::array<std::string_view, 9> kEndings = {".jpg",  ".jpeg", ".png", ".bmp", ".tif",
                                                        ".tiff", ".webp", ".gif", ".mp4"};
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name[dot - 1] == '/') return name.size();
  std::string ending(name.substr(dot));
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool known = std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
  return known ? dot : name.size();
}

using Index = std::unordered_map<std::string, std::vector<std::size_t>>;

Index index_of(const std::vector<std::string>& names, MatchBy by) {
  Index index;
  for (std::size_t i = 0; i < names.size(); ++i) index[match_key(names[i], by)].push_back(i);
  return index;
}

Match in_order(std::size_t left, std::size_t right) {
  if (left != right) {
    throw Error(
        ErrorCode::kUsage,
        "images cannot be taken in order: there are " + grouped(left) + " and " + grouped(right),
        "Match them by name (--match auto), or select as many of one as of the other.");
  }
  Match match;
  match.by = MatchBy::kOrder;
  match.left.reserve(left);
  for (std::size_t i = 0; i < left; ++i) match.left.push_back(i);
  match.right = match.left;
  return match;
}

Match match_by(const std::vector<std::string>& left, const std::vector<std::string>& right,
               MatchBy by) {
  const Index index = index_of(left, by);
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  pairs.reserve(right.size());
  Match match;
  match.by = by;
  std::vector<bool> found(left.size());
  for (std::size_t i = 0; i < right.size(); ++i) {
    const auto at = index.find(match_key(right[i], by));
    if (at == index.end()) {
      match.right_alone.push_back(i);
      continue;
    }
    if (at->second.size() > 1) {
      throw Error(ErrorCode::kUsage,
                  "'" + right[i] + "' could be any of " + grouped(at->second.size()) +
                      " images: " + some_names(left, at->second),
                  "Compare whole names (--match name) or take images in order (--match order).");
    }
    pairs.emplace_back(at->second.front(), i);
    found[at->second.front()] = true;
  }
  std::sort(pairs.begin(), pairs.end());
  match.left.reserve(pairs.size());
  match.right.reserve(pairs.size());
  for (const auto& [l, r] : pairs) {
    match.left.push_back(l);
    match.right.push_back(r);
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!found[i]) match.left_alone.push_back(i);
  }
  return match;
}

}  // namespace

MatchBy parse_match(std::string_view word) {
  for (const auto& [name, by] : kWords) {
    if (word == name) return by;
  }
  throw Error(ErrorCode::kUsage, "--match cannot be '" + std::string(word) + "'",
              "It is auto, name, file, stem or order.");
}

std::string_view match_word(MatchBy by) {
  for (const auto& [name, value] : kWords) {
    if (value == by) return name;
  }
  return "name";
}

std::string match_key(const std::string& name, MatchBy by) {
  if (by == MatchBy::kName) return name;
  const std::string file = name.substr(name.rfind('/') + 1);
  return by == MatchBy::kStem ? file.substr(0, stem_length(file)) : file;
}

Match match_names(const std::vector<std::string>& left, const std::vector<std::string>& right,
                  MatchBy by) {
  if (by == MatchBy::kOrder) return in_order(left.size(), right.size());
  if (by != MatchBy::kAuto) return match_by(left, right, by);
  Match match;
  for (const MatchBy each : {MatchBy::kName, MatchBy::kFile, MatchBy::kStem}) {
    match = match_by(left, right, each);
    if (!match.left.empty()) break;
  }
  return match;
}

std::string some_names(const std::vector<std::string>& names, const std::vector<std::size_t>& which,
                       std::size_t shown) {
  std::string list;
  for (std::size_t i = 0; i < which.size() && i < shown; ++i) {
    list += (i == 0 ? "" : ", ") + names.at(which[i]);
  }
  if (which.size() > shown) list += " and " + grouped(which.size() - shown) + " more";
  return list;
}

Trial trial_of(const std::string& name) {
  const std::string_view stem = std::string_view(name).substr(0, stem_length(name));
  const std::size_t mark = stem.rfind("_rep-");
  unsigned repetition = 0;
  if (mark == std::string_view::npos || !parse_number(stem.substr(mark + 5), repetition)) {
    return {name, {}};
  }
  std::string_view stimulus = stem.substr(0, mark);
  const std::size_t start = stimulus.find("stimulus-");
  if (start != std::string_view::npos && (start == 0 || stimulus[start - 1] == '_')) {
    stimulus.remove_prefix(start + 9);
    const std::size_t phase = stimulus.rfind("_phase-");
    if (phase != std::string_view::npos) stimulus = stimulus.substr(0, phase);
  }
  return {std::string(stimulus), repetition};
}

Repetitions repetitions_of(const std::vector<std::string>& names) {
  Repetitions repetitions;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string stimulus = trial_of(names[i]).stimulus;
    const auto [at, is_new] = known.try_emplace(stimulus, repetitions.stimuli.size());
    if (is_new) {
      repetitions.stimuli.push_back(stimulus);
      repetitions.members.emplace_back();
    }
    repetitions.members[at->second].push_back(i);
    repetitions.largest = std::max(repetitions.largest, repetitions.members[at->second].size());
  }
  return repetitions;
}

}  // namespace corticast
