#include "engine/output/response_maps.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/subject.h"

namespace corticast {
namespace {

class ResponseMaps : public Maps {
 public:
  ResponseMaps(const ResponseFile& file, std::size_t target, std::vector<std::size_t> rows)
      : file_(file), target_(target), rows_(std::move(rows)) {
    const std::vector<std::string>& images = file.record().image_names;
    names_.reserve(rows_.size());
    for (const std::size_t row : rows_) names_.push_back(images.at(row));
  }
  const std::vector<std::string>& names() const override { return names_; }
  std::size_t columns() const override { return file_.layout().columns; }
  const std::vector<std::int32_t>& grayordinates() const override {
    return file_.layout().labels.grayordinate;
  }
  void read(RowRange range, float* out) const override {
    if (range.first > rows_.size() || range.count > rows_.size() - range.first) {
      throw Error(ErrorCode::kInternal, "maps beyond the last one");
    }
    for (std::size_t at = 0; at < range.count;) {  // neighbours of the file in one go
      const std::size_t first = rows_[range.first + at];
      std::size_t count = 1;
      while (at + count < range.count && rows_[range.first + at + count] == first + count) ++count;
      file_.read(target_, {first, count}, out + at * columns());
      at += count;
    }
  }

 private:
  const ResponseFile& file_;
  std::size_t target_;
  std::vector<std::size_t> rows_;
  std::vector<std::string> names_;
};

std::vector<std::size_t> all_rows(std::size_t count) {
  std::vector<std::size_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

std::string held_subjects(const ResponseFile& file) {
  std::string list;
  for (const Target& target : file.layout().targets) {
    list += (list.empty() ? "" : ", ") + target.name;
  }
  return list;
}

// "5" is sub-05 where all are of one dataset, as in --subjects.
bool is_named(const Target& target, const std::string& word, bool one_dataset) {
  const std::optional<Subject> named = parse_subject(word);
  if (named) return named->canonical() == target.name;
  unsigned number = 0;
  const std::optional<Subject> own = parse_subject(target.name);
  if (one_dataset && own && parse_number(word, number)) return own->number == number;
  return word == target.name;
}

bool one_dataset(const std::vector<Target>& targets) {
  return std::all_of(targets.begin(), targets.end(), [&](const Target& target) {
    return target.result_path.front() == targets.front().result_path.front();
  });
}

// What a user's words are looked for in.
struct Names {
  const std::vector<std::string>& list;
  const std::string& noun;
};

[[noreturn]] void refuse_name(const Names& names, const std::string& word, const std::string& what,
                              const std::string& hint) {
  throw Error(ErrorCode::kUsage, names.noun + " '" + word + "' " + what, hint);
}

std::string position_hint(std::size_t count) {
  return "Positions go from #0 to #" + std::to_string(count - 1) + ".";
}

// "#7" and "#0-9"; nullopt for anything else.
std::optional<RowRange> positions(const Names& names, const std::string& word) {
  const std::size_t count = names.list.size();
  if (!word.starts_with('#')) return std::nullopt;
  const std::size_t dash = word.find('-');
  unsigned first = 0;
  unsigned last = 0;
  if (!parse_number(word.substr(1, dash == std::string::npos ? dash : dash - 1), first)) {
    return std::nullopt;
  }
  last = first;
  if (dash != std::string::npos && !parse_number(word.substr(dash + 1), last)) return std::nullopt;
  if (count == 0) refuse_name(names, word, "is not there: the file has none", "");
  if (last < first || last >= count) {
    refuse_name(names, word, "is not there: the file has " + grouped(count), position_hint(count));
  }
  return RowRange{first, last - first + std::size_t{1}};
}

bool ends_in(const std::string& name, const std::string& word) {
  return name.size() > word.size() && name.ends_with(word) &&
         name[name.size() - word.size() - 1] == '/';
}

std::string last_part(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

[[noreturn]] void refuse_unknown(const Names& names, const std::string& word) {
  constexpr std::size_t kCompared = 10000;  // nearest() is slow for names by the hundred thousand
  const bool whole = word.find('/') != std::string::npos;
  std::vector<std::string> candidates;
  candidates.reserve(std::min(names.list.size(), kCompared));
  for (std::size_t i = 0; i < names.list.size() && i < kCompared; ++i) {
    candidates.push_back(whole ? names.list[i] : last_part(names.list[i]));
  }
  const std::string near = nearest(word, candidates);
  refuse_name(names, word, "is not in the file",
              (near.empty() ? "" : "Did you mean " + near + "? ") +
                  "Names are as in the file, their ends after a '/' will do, and #0 is the first.");
}

std::size_t find_name(const Names& names, const std::string& word) {
  std::vector<std::size_t> found;
  for (const bool whole : {true, false}) {
    for (std::size_t i = 0; i < names.list.size(); ++i) {
      if (whole ? names.list[i] == word : ends_in(names.list[i], word)) found.push_back(i);
    }
    if (!found.empty()) break;
  }
  if (found.empty()) refuse_unknown(names, word);
  if (found.size() > 1) {
    refuse_name(names, word, "names " + grouped(found.size()) + " " + names.noun + "s",
                "Say #" + std::to_string(found[0]) + " (" + names.list[found[0]] + ") or #" +
                    std::to_string(found[1]) + " (" + names.list[found[1]] + ").");
  }
  return found.front();
}

}  // namespace

std::unique_ptr<Maps> response_maps(const ResponseFile& file, std::size_t target,
                                    std::vector<std::size_t> rows) {
  return std::make_unique<ResponseMaps>(
      file, target, rows.empty() ? all_rows(file.record().image_names.size()) : std::move(rows));
}

std::size_t find_target(const ResponseFile& file, const std::string& subject) {
  const std::vector<Target>& targets = file.layout().targets;
  if (subject.empty()) {
    if (targets.size() == 1) return 0;
    throw Error(ErrorCode::kUsage,
                file.path().string() + ": has " + grouped(targets.size()) +
                    " subjects: " + held_subjects(file),
                "Say which one with --subject.");
  }
  const bool plain_numbers = one_dataset(targets);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (is_named(targets[i], subject, plain_numbers)) return i;
  }
  throw Error(ErrorCode::kUsage,
              file.path().string() + ": has no responses of subject '" + subject + "'",
              "It has those of " + held_subjects(file) + ".");
}

std::vector<std::size_t> find_targets(const ResponseFile& file, const std::string& list) {
  std::vector<std::size_t> targets;
  const auto add = [&](std::size_t target) {
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
      targets.push_back(target);
    }
  };
  for (const std::string& word : split_list(list)) {
    if (word != "all") {
      add(find_target(file, word));
      continue;
    }
    for (std::size_t i = 0; i < file.layout().targets.size(); ++i) add(i);
  }
  if (targets.empty()) {
    throw Error(ErrorCode::kUsage, "--subjects names no subject", "Say --subjects all.");
  }
  return targets;
}

std::vector<std::size_t> find_images(const ResponseFile& file,
                                     const std::vector<std::string>& words) {
  return find_names(file.record().image_names, words, "image");
}

std::vector<std::size_t> find_names(const std::vector<std::string>& list,
                                    const std::vector<std::string>& words,
                                    const std::string& noun) {
  if (words.empty()) return all_rows(list.size());
  const Names names{list, noun};
  std::vector<std::size_t> rows;
  for (const std::string& word : words) {
    const bool is_name = std::find(list.begin(), list.end(), word) != list.end();
    const std::optional<RowRange> range = is_name ? std::nullopt : positions(names, word);
    if (!range) {
      rows.push_back(find_name(names, word));
      continue;
    }
    for (std::size_t i = 0; i < range->count; ++i) rows.push_back(range->first + i);
  }
  return rows;
}

}  // namespace corticast
