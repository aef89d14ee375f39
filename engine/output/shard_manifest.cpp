#include "engine/output/shard_manifest.h"

#include <limits>

#include "engine/base/json.h"

namespace corticast {
namespace {

// Null if it is no JSON.
Json parse(const std::string& manifest) {
  try {
    return parse_json(manifest);
  } catch (const JsonError&) {
    return {};
  }
}

bool is_count(const Json& object, const char* key, std::uint64_t limit) {
  const Json* const value = object.find(key);
  return value != nullptr && value->is_number_unsigned() && value->get<std::uint64_t>() <= limit;
}

}  // namespace

std::string shard_manifest(const std::string& whole, const ShardRecord& shard) {
  Json manifest = parse(whole);
  manifest["shard"] =
      Json::Object{{"index", shard.index}, {"count", shard.count}, {"first row", shard.first_row}};
  return manifest.dump();
}

std::string whole_manifest(const std::string& manifest) {
  Json whole = parse(manifest);
  if (!whole.is_object()) return {};
  whole.items().erase("shard");
  return whole.dump();
}

std::optional<ShardRecord> shard_in(const std::string& manifest) {
  constexpr std::uint64_t kRows = std::numeric_limits<std::uint32_t>::max();
  const Json whole = parse(manifest);
  if (!whole.is_object() || !whole.contains("shard") || !whole.at("shard").is_object() ||
      !is_count(whole, "images", kRows) || !whole.contains("image names") ||
      !whole.at("image names").is_string()) {
    return std::nullopt;
  }
  const Json& part = whole.at("shard");
  constexpr std::uint64_t kShards = std::numeric_limits<unsigned>::max();
  if (!is_count(part, "count", kShards) || !is_count(part, "index", kShards) ||
      !is_count(part, "first row", whole.at("images").get<std::uint64_t>()) ||
      part.at("index").get<unsigned>() >= part.at("count").get<unsigned>()) {
    return std::nullopt;
  }
  return ShardRecord{part.at("index").get<unsigned>(), part.at("count").get<unsigned>(),
                     part.at("first row").get<std::size_t>(), whole.at("images").get<std::size_t>(),
                     whole.at("image names").get<std::string>()};
}

}  // namespace corticast
