#include "engine/output/shard_manifest.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace corticast {
namespace {

using Json = nlohmann::json;

Json parse(const std::string& manifest) {
  return Json::parse(manifest, nullptr, false);
}

bool is_count(const Json& object, const char* key, std::uint64_t limit) {
  return object.contains(key) && object[key].is_number_unsigned() &&
         object[key].get<std::uint64_t>() <= limit;
}

}  // namespace

std::string shard_manifest(const std::string& whole, const ShardRecord& shard) {
  Json manifest = parse(whole);
  manifest["shard"] = {
      {"index", shard.index}, {"count", shard.count}, {"first row", shard.first_row}};
  return manifest.dump();
}

std::string whole_manifest(const std::string& manifest) {
  Json whole = parse(manifest);
  if (!whole.is_object()) return {};
  whole.erase("shard");
  return whole.dump();
}

std::optional<ShardRecord> shard_in(const std::string& manifest) {
  constexpr std::uint64_t kRows = std::numeric_limits<std::uint32_t>::max();
  const Json whole = parse(manifest);
  if (!whole.is_object() || !whole.contains("shard") || !whole["shard"].is_object() ||
      !is_count(whole, "images", kRows) || !whole.contains("image names") ||
      !whole["image names"].is_string()) {
    return std::nullopt;
  }
  const Json& part = whole["shard"];
  constexpr std::uint64_t kShards = std::numeric_limits<unsigned>::max();
  if (!is_count(part, "count", kShards) || !is_count(part, "index", kShards) ||
      !is_count(part, "first row", whole["images"].get<std::uint64_t>()) ||
      part["index"].get<unsigned>() >= part["count"].get<unsigned>()) {
    return std::nullopt;
  }
  return ShardRecord{part["index"].get<unsigned>(), part["count"].get<unsigned>(),
                     part["first row"].get<std::size_t>(), whole["images"].get<std::size_t>(),
                     whole["image names"].get<std::string>()};
}

}  // namespace corticast
