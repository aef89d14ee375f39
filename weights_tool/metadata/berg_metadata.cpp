#include "weights_tool/metadata/berg_metadata.h"

#include <algorithm>
#include <limits>
#include <set>

#include "engine/base/error.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/metadata/pickled_lists.h"
#include "weights_tool/metadata/pickled_npy.h"

namespace corticast::weights {
namespace {

constexpr int kDeepest = 4;
constexpr std::size_t kMostFacts = 256;

class Importer {
 public:
  Importer(const PickleValues& values, std::string name)
      : values_(values), name_(std::move(name)) {}

  BergMetadata import() {
    if (values_.top().kind != Kind::kArray) refuse("the file", "no array around a dictionary");
    const NumpyArray& outer = values_.arrays[static_cast<std::size_t>(values_.top().integer)];
    if (!outer.built || outer.dtype.kind != 'O' || outer.count != 1) {
      refuse("the file", "no array of one object");
    }
    const ValueId root = values_[outer.objects].items[0];
    if (values_[root].kind != Kind::kDict) refuse("the file", "its object is no dictionary");
    ceilings_.assign(kNoiseCeilings.size() * kCeilingGrayordinates,
                     std::numeric_limits<float>::quiet_NaN());
    dictionary(root, 0);
    check_lengths();
    BergMetadata made;
    made.ceilings = std::make_shared<const std::vector<float>>(std::move(ceilings_));
    for (std::size_t i = 0; i < kNoiseCeilings.size(); ++i) {
      if (!has_ceiling_[i]) continue;
      result_.noise_ceilings[i] =
          std::span(*made.ceilings).subspan(i * kCeilingGrayordinates, kCeilingGrayordinates);
    }
    made.metadata = std::move(result_);
    made.ignored = {ignored_.begin(), ignored_.end()};
    if (made.metadata.empty()) refuse("the file", "none of BERG's entries is in it");
    return made;
  }

 private:
  [[noreturn]] void refuse(const std::string& entry, const std::string& what) const {
    throw Error(ErrorCode::kModel, name_ + ": " + entry + ": " + what,
                "Nothing was executed. Expected a subject's metadata file as BERG writes it.");
  }

  // Dictionaries may hold themselves: each is entered once.
  void dictionary(ValueId id, int depth) {
    if (!entered_.insert(id).second) return;
    const std::vector<ValueId>& items = values_[id].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const Value& key = values_[items[i]];
      if (key.kind != Kind::kString) continue;
      entry(std::string(key.text), items[i + 1], depth);
    }
  }

  void entry(const std::string& key, ValueId id, int depth) {
    const Value& value = values_[id];
    const std::string where = name_ + ": " + in_quotes(key);
    const bool ceiling = key.ends_with("_noiseceiling") && noise_ceiling_named(key);
    if (value.kind == Kind::kNone) return;
    if (ceiling || list_named(key) || indices_named(key)) {
      if (!seen_.insert(key).second) refuse(in_quotes(key), "appears twice");
    }
    if (ceiling) return take_ceiling(key, id, where);
    if (std::vector<std::string>* const list = list_named(key)) {
      *list = texts_of(values_, id, where).value_or(std::vector<std::string>());
    } else if (std::vector<std::int64_t>* const indices = indices_named(key)) {
      *indices = counts_of(values_, id, where).value_or(std::vector<std::int64_t>());
    } else if (value.kind == Kind::kDict && key != "roi" && depth < kDeepest) {
      dictionary(id, depth + 1);
    } else if (const auto text = text_of(value)) {
      take_fact(key, *text);
    } else {
      ignored_.insert(key);
    }
  }

  void take_ceiling(const std::string& key, ValueId id, const std::string& where) {
    const std::vector<float> ceiling = floats_of(values_, id, where).value_or(std::vector<float>());
    if (ceiling.size() != kCeilingGrayordinates) {
      refuse(in_quotes(key), std::to_string(ceiling.size()) + " values, expected " +
                                 std::to_string(kCeilingGrayordinates) +
                                 ", one per grayordinate of the HCP's 91k space");
    }
    const std::size_t index = noise_ceiling_named(key).value_or(0);
    std::copy(ceiling.begin(), ceiling.end(),
              ceilings_.begin() + static_cast<std::ptrdiff_t>(index * kCeilingGrayordinates));
    has_ceiling_[index] = true;
  }

  // The same fact may stand in two places.
  void take_fact(const std::string& key, const std::string& text) {
    const std::pair<std::string, std::string> fact(key, text);
    if (std::find(result_.facts.begin(), result_.facts.end(), fact) != result_.facts.end()) return;
    if (!seen_.insert(key).second) refuse(in_quotes(key), "appears twice, with different values");
    if (result_.facts.size() == kMostFacts) {
      refuse(in_quotes(key), "more than " + std::to_string(kMostFacts) + " facts");
    }
    result_.facts.push_back(fact);
  }

  std::vector<std::string>* list_named(const std::string& key) {
    Stimuli& stimuli = result_.stimuli;
    if (key == "filenames") return &stimuli.filenames;
    if (key == "alias") return &stimuli.alias;
    if (key == "source") return &stimuli.source;
    if (key == "train_filenames") return &stimuli.train_filenames;
    if (key == "test_filenames") return &stimuli.test_filenames;
    return nullptr;
  }

  std::vector<std::int64_t>* indices_named(const std::string& key) {
    Stimuli& stimuli = result_.stimuli;
    if (key == "train_idx") return &stimuli.train_idx;
    if (key == "test_idx") return &stimuli.test_idx;
    if (key == "reps") return &stimuli.reps;
    return nullptr;
  }

  void check_lengths() const {
    const Stimuli& stimuli = result_.stimuli;
    const std::size_t count = stimuli.filenames.size();
    for (const auto& [key, size] :
         {std::pair("alias", stimuli.alias.size()), std::pair("source", stimuli.source.size()),
          std::pair("reps", stimuli.reps.size())}) {
      if (size == 0 || size == count) continue;
      refuse(key, std::to_string(size) + " items for " + std::to_string(count) + " filenames");
    }
    for (const auto& [key, list] :
         {std::pair("train_idx", &stimuli.train_idx), std::pair("test_idx", &stimuli.test_idx)}) {
      for (const std::int64_t index : *list) {
        if (index >= 0 && static_cast<std::uint64_t>(index) < count) continue;
        refuse(key,
               "index " + std::to_string(index) + " of " + std::to_string(count) + " filenames");
      }
    }
  }

  const PickleValues& values_;
  std::string name_;
  SubjectMetadata result_;
  std::vector<float> ceilings_;
  std::array<bool, kNoiseCeilings.size()> has_ceiling_{};
  std::set<ValueId> entered_;
  std::set<std::string> seen_, ignored_;
};

}  // namespace

BergMetadata read_berg_metadata(ByteSpan file, const std::string& name) {
  const PickleValues values = read_pickled_npy(file, name);
  return Importer(values, name).import();
}

}  // namespace corticast::weights
