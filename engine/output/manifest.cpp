#include "engine/output/manifest.h"

#include <set>
#include <string_view>

#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/output/shard_manifest.h"

namespace corticast {
namespace {

std::string hash_of_selection(const Request& request) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(request.rows)));
  hash.update(std::as_bytes(std::span(request.positions)));
  return hash.hex();
}

// Null if it is no manifest.
Json parsed(const std::string& manifest) {
  try {
    Json json = parse_json(manifest);
    if (json.is_object()) return json;
  } catch (const JsonError&) {
  }
  return {};
}

// A hash by its beginning, a list by its members, no quotes.
std::string in_words(const Json* value) {
  constexpr std::size_t kHash = 64;
  constexpr std::size_t kShown = 12;
  if (value == nullptr) return "none";
  std::string list;
  if (value->is_array()) {
    for (const Json& item : value->elements()) list += (list.empty() ? "" : ", ") + in_words(&item);
    return list;
  }
  if (value->is_object()) {
    for (const auto& [key, item] : value->items()) {
      list += (list.empty() ? "" : ", ") + key + " " + in_words(&item);
    }
    return list;
  }
  if (!value->is_string()) return value->dump();
  const std::string& text = value->text();
  if (text.size() == kHash) return text.substr(0, kShown) + "...";
  return text.empty() ? "none" : text;
}

}  // namespace

std::string hash_of_names(const std::vector<std::string>& names) {
  Sha256 hash;
  for (const std::string& name : names) {
    hash.update(as_byte_span({name.c_str(), name.size() + 1}));  // NUL ends each name
  }
  return hash.hex();
}

std::string run_manifest(const RunRecord& record, const Request& request) {
  if (record.inherited) return record.inherited->manifest;
  const std::size_t images = record.shard ? record.shard->images : record.image_names.size();
  const std::string names =
      record.shard ? record.shard->names_hash : hash_of_names(record.image_names);
  Json::Array subjects;
  subjects.reserve(request.targets.size());
  for (const Target& target : request.targets) {
    std::string path;
    for (const std::string& part : target.result_path) path += "/" + part;
    subjects.emplace_back(path);
  }
  Json manifest(Json::Object{{"engine version", record.engine_version},
                             {"images", images},
                             {"image names", names},
                             {"inputs", record.inputs_hash},
                             {"model", record.model_hash},
                             {"precision", record.precision},
                             {"readout", record.readout},
                             {"tune", record.tune},
                             {"batch", record.batch},
                             {"device", record.arithmetic},
                             {"decoder", record.decoder},
                             {"columns", request.columns},
                             {"selected vertices", hash_of_selection(request)},
                             {"expand", !request.positions.empty()},
                             {"subjects", subjects}});
  // What weights an area's mean has follows from the selected vertices; a matrix' from its file.
  if (request.reduction) {
    manifest["reduction"] = request.reduction->kind;
    manifest["outputs"] = hash_of_names(request.reduction->names);
    if (!request.reduction->digest.empty()) manifest["matrix"] = request.reduction->digest;
  }
  const std::string whole = manifest.dump();
  return record.shard ? shard_manifest(whole, *record.shard) : whole;
}

std::optional<std::size_t> batch_in(const std::string& manifest) {
  const Json facts = parsed(manifest);
  const Json* const batch = facts.find("batch");
  if (batch == nullptr || !batch->is_number_unsigned()) return std::nullopt;
  return batch->get<std::size_t>();
}

std::string manifest_difference(const std::string& ours, const std::string& theirs,
                                const ManifestSides& sides) {
  const Json here = parsed(ours);
  const Json there = parsed(theirs);
  if (here.is_null() || there.is_null()) return "not a manifest";
  std::set<std::string> keys;
  for (const Json* manifest : {&here, &there}) {
    for (const auto& [key, value] : manifest->items()) keys.insert(key);
  }
  std::string words;
  for (const std::string& key : keys) {
    const Json* const a = there.find(key);
    const Json* const b = here.find(key);
    if (a != nullptr && b != nullptr && *a == *b) continue;
    words += (words.empty() ? "" : "; ") + key + ": " + in_words(a) + " " + sides.theirs + ", " +
             in_words(b) + " " + sides.ours;
  }
  return words;
}

std::string manifest_advice(const std::string& ours, const std::string& theirs) {
  constexpr std::string_view kCpu = "cpu ";
  const Json here = parsed(ours);
  const Json there = parsed(theirs);
  const Json* const shard = here.find("shard");
  const Json* const other_shard = there.find("shard");
  if (shard != nullptr && other_shard != nullptr && *shard != *other_shard) {
    return "With {shard} in its name, each shard has a file of its own. ";
  }
  const std::string device = in_words(here.find("device"));
  const std::string other = in_words(there.find("device"));
  if (device == other || !device.starts_with(kCpu) || !other.starts_with(kCpu)) return {};
  return "CORTICAST_ISA=" + other.substr(kCpu.size()) + " computes as that run did. ";
}

}  // namespace corticast
