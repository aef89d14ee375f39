#include "engine/output/manifest.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "engine/base/digest.h"
#include "engine/output/shard_manifest.h"

namespace corticast {
namespace {

std::string hash_of_selection(const Request& request) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(request.rows)));
  hash.update(std::as_bytes(std::span(request.positions)));
  return hash.hex();
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
  nlohmann::json subjects = nlohmann::json::array();
  for (const Target& target : request.targets) {
    std::string path;
    for (const std::string& part : target.result_path) path += "/" + part;
    subjects.push_back(path);
  }
  nlohmann::json manifest{{"engine version", record.engine_version},
                          {"images", images},
                          {"image names", names},
                          {"inputs", record.inputs_hash},
                          {"model", record.model_hash},
                          {"precision", record.precision},
                          {"columns", request.columns},
                          {"selected vertices", hash_of_selection(request)},
                          {"expand", !request.positions.empty()},
                          {"subjects", subjects}};
  // What weights an area's mean has follows from the selected vertices; a matrix' from its file.
  if (request.reduction) {
    manifest["reduction"] = request.reduction->kind;
    manifest["outputs"] = hash_of_names(request.reduction->names);
    if (!request.reduction->digest.empty()) manifest["matrix"] = request.reduction->digest;
  }
  const std::string whole = manifest.dump();
  return record.shard ? shard_manifest(whole, *record.shard) : whole;
}

std::string manifest_difference(const std::string& ours, const std::string& theirs,
                                const ManifestSides&) {
  const auto a = nlohmann::json::parse(ours, nullptr, false);
  const auto b = nlohmann::json::parse(theirs, nullptr, false);
  if (!a.is_object() || !b.is_object()) return "not a manifest";
  std::set<std::string> different;
  for (const auto& [one, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    for (const auto& [key, value] : one->items()) {
      if (!other->contains(key) || (*other)[key] != value) different.insert(key);
    }
  }
  std::string words;
  for (const std::string& key : different) words += (words.empty() ? "" : ", ") + key;
  return words;
}

}  // namespace corticast
