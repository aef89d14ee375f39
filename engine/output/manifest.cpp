#include "engine/output/manifest.h"

#include <nlohmann/json.hpp>

#include "engine/base/digest.h"

namespace corticast {
namespace {

std::string hash_of_names(const std::vector<std::string>& names) {
  Sha256 hash;
  for (const std::string& name : names) {
    hash.update(as_byte_span({name.c_str(), name.size() + 1}));  // NUL ends each name
  }
  return hash.hex();
}

std::string hash_of_selection(const Request& request) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(request.rows)));
  hash.update(std::as_bytes(std::span(request.positions)));
  return hash.hex();
}

}  // namespace

std::string run_manifest(const RunRecord& record, const Request& request) {
  nlohmann::json subjects = nlohmann::json::array();
  for (const Target& target : request.targets) {
    std::string path;
    for (const std::string& part : target.result_path) path += "/" + part;
    subjects.push_back(path);
  }
  return nlohmann::json{{"engine version", record.engine_version},
                        {"images", record.image_names.size()},
                        {"image names", hash_of_names(record.image_names)},
                        {"inputs", record.inputs_hash},
                        {"model", record.model_hash},
                        {"precision", record.precision},
                        {"columns", request.columns},
                        {"selected vertices", hash_of_selection(request)},
                        {"expand", !request.positions.empty()},
                        {"subjects", subjects}}
      .dump();
}

std::string manifest_difference(const std::string& ours, const std::string& theirs) {
  const auto a = nlohmann::json::parse(ours, nullptr, false);
  const auto b = nlohmann::json::parse(theirs, nullptr, false);
  if (!a.is_object() || !b.is_object()) return "not a manifest";
  std::string different;
  for (const auto& [key, value] : a.items()) {
    if (!b.contains(key) || b[key] != value) different += (different.empty() ? "" : ", ") + key;
  }
  return different.empty() && a != b ? "not a manifest" : different;
}

}  // namespace corticast
