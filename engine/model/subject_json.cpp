#include "engine/model/subject_json.h"

#include <limits>

#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/model/safetensors.h"

namespace corticast {
namespace {

constexpr std::size_t kDeepest = 3;  // the object, its stimuli or facts, their lists

std::vector<std::string> picked(const std::vector<std::string>& names,
                                const std::vector<std::int64_t>& indices) {
  std::vector<std::string> all;
  all.reserve(indices.size());
  for (const std::int64_t i : indices) {
    // An index outside is written with the rest, and refused by whoever reads it.
    if (i < 0 || static_cast<std::uint64_t>(i) >= names.size()) return {};
    all.push_back(names[static_cast<std::size_t>(i)]);
  }
  return all;
}

Json texts(const std::vector<std::string>& values) {
  return Json(Json::Array(values.begin(), values.end()));
}

Json numbers(const std::vector<std::int64_t>& values) {
  Json::Array list(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0) list[i] = Json(static_cast<std::uint64_t>(values[i]));
  }
  return Json(std::move(list));
}

// Reads the lists of one text; every fault is refused with where it is.
class Reader {
 public:
  Reader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  [[noreturn]] void refuse(const std::string& what) const {
    safetensors::refuse(where_, "its metadata: " + what);
  }

  const Json::Array& list(const char* key) const {
    static const Json::Array kNone;
    const Json* const found = object_.find(key);
    if (found == nullptr) return kNone;
    if (!found->is_array()) refuse(std::string(key) + " is no list");
    return found->elements();
  }

  std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> values;
    values.reserve(list(key).size());
    for (const Json& item : list(key)) values.push_back(text(item, key));
    return values;
  }

  std::vector<std::int64_t> numbers(const char* key, std::uint64_t below, bool may_be_null) const {
    std::vector<std::int64_t> values;
    values.reserve(list(key).size());
    for (const Json& item : list(key)) {
      if (item.is_null() && may_be_null) {
        values.push_back(-1);
      } else if (item.is_number_unsigned() && item.get<std::uint64_t>() < below) {
        values.push_back(static_cast<std::int64_t>(item.get<std::uint64_t>()));
      } else {
        refuse(std::string(key) + " holds " + item.dump() + ", expected a whole number below " +
               std::to_string(below));
      }
    }
    return values;
  }

  const std::string& text(const Json& item, const char* key) const {
    if (!item.is_string()) refuse(std::string(key) + " holds " + item.dump() + ", expected a text");
    return item.text();
  }

 private:
  const Json& object_;
  std::string where_;
};

Stimuli read_stimuli(const Json& object, const std::string& where) {
  constexpr auto kAny = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const Reader reader(object, where);
  Stimuli stimuli;
  stimuli.filenames = reader.texts("filenames");
  stimuli.alias = reader.texts("alias");
  stimuli.source = reader.texts("source");
  stimuli.reps = reader.numbers("reps", kAny, true);
  const std::size_t count = stimuli.filenames.size();
  for (const auto& [name, size] :
       {std::pair("alias", stimuli.alias.size()), std::pair("source", stimuli.source.size()),
        std::pair("reps", stimuli.reps.size())}) {
    if (size != 0 && size != count) {
      reader.refuse(std::to_string(size) + " items in " + name + " for " + std::to_string(count) +
                    " filenames");
    }
  }
  stimuli.train_idx = reader.numbers("train_idx", count, false);
  stimuli.test_idx = reader.numbers("test_idx", count, false);
  stimuli.train_filenames = object.contains("train_filenames")
                                ? reader.texts("train_filenames")
                                : picked(stimuli.filenames, stimuli.train_idx);
  stimuli.test_filenames = object.contains("test_filenames")
                               ? reader.texts("test_filenames")
                               : picked(stimuli.filenames, stimuli.test_idx);
  return stimuli;
}

Json parse(std::string_view text, const std::string& where) {
  const std::string what = "its metadata ";
  // The JSON library takes a zero byte for the end of the text.
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
    safetensors::refuse(where, what + "are no UTF-8 text");
  }
  try {
    Json json = parse_json(text, kDeepest);
    if (!json.is_object()) safetensors::refuse(where, what + "are no JSON object");
    return json;
  } catch (const JsonError& error) {
    safetensors::refuse(where, what + error.what());
  }
}

}  // namespace

std::string subject_json(const SubjectMetadata& metadata) {
  Json::Array facts;
  facts.reserve(metadata.facts.size());
  for (const auto& [name, value] : metadata.facts) {
    facts.emplace_back(Json::Array{Json(name), Json(value)});
  }
  Json::Array ceilings;
  for (std::size_t i = 0; i < kNoiseCeilings.size(); ++i) {
    if (!metadata.noise_ceilings[i].empty()) ceilings.emplace_back(kNoiseCeilings[i]);
  }
  const Stimuli& from = metadata.stimuli;
  Json stimuli = Json(Json::Object());
  if (!from.empty()) {
    stimuli["filenames"] = texts(from.filenames);
    stimuli["alias"] = texts(from.alias);
    stimuli["source"] = texts(from.source);
    stimuli["reps"] = numbers(from.reps);
    stimuli["train_idx"] = numbers(from.train_idx);
    stimuli["test_idx"] = numbers(from.test_idx);
    if (from.train_filenames != picked(from.filenames, from.train_idx)) {
      stimuli["train_filenames"] = texts(from.train_filenames);
    }
    if (from.test_filenames != picked(from.filenames, from.test_idx)) {
      stimuli["test_filenames"] = texts(from.test_filenames);
    }
  }
  Json json;
  json["facts"] = Json(std::move(facts));
  json["noise_ceilings"] = Json(std::move(ceilings));
  json["stimuli"] = std::move(stimuli);
  return json.dump();
}

SubjectMetadata parse_subject_json(std::string_view text, const float* ceilings,
                                   const std::string& where) {
  const Json json = parse(text, where);
  const Reader reader(json, where);
  SubjectMetadata metadata;
  metadata.facts.reserve(reader.list("facts").size());
  for (const Json& fact : reader.list("facts")) {
    if (!fact.is_array() || fact.size() != 2) reader.refuse("a fact is no pair");
    metadata.facts.emplace_back(reader.text(fact.elements()[0], "facts"),
                                reader.text(fact.elements()[1], "facts"));
  }
  for (const std::string& name : reader.texts("noise_ceilings")) {
    const auto index = noise_ceiling_named(name);
    if (!index) reader.refuse("unknown noise ceiling " + safetensors::in_quotes(name));
    metadata.noise_ceilings[*index] = {ceilings + *index * kCeilingGrayordinates,
                                       kCeilingGrayordinates};
  }
  if (const Json* const stimuli = json.find("stimuli")) {
    if (!stimuli->is_object()) reader.refuse("stimuli is no object");
    metadata.stimuli = read_stimuli(*stimuli, where);
  }
  return metadata;
}

}  // namespace corticast
