// The manifest of a shard: the whole run's, and which part of it this is.
#pragma once

#include <optional>
#include <string>

#include "engine/output/writer.h"

namespace corticast {

// whole: as run_manifest writes it for the run without shards.
std::string shard_manifest(const std::string& whole, const ShardRecord& shard);

// The other way. "" if it is no manifest; unchanged if it is of no shard.
std::string whole_manifest(const std::string& manifest);

// nullopt if it is of no shard, or the numbers make no sense.
std::optional<ShardRecord> shard_in(const std::string& manifest);

}  // namespace corticast
