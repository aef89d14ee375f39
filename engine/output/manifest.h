// What a run computes, as one line of JSON: equal lines, equal results. Stored in every output, so
// that the same command can see that its work is done and a different one that it is not its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/output/writer.h"

namespace corticast {

// Names in this order, whatever bytes they are made of. What ShardRecord::names_hash holds.
std::string hash_of_names(const std::vector<std::string>& names);

// Of a shard: the whole run's and "shard" (shard_manifest.h). What is inherited is taken over.
std::string run_manifest(const RunRecord& record, const Request& request);

// nullopt if it does not say.
std::optional<std::size_t> batch_in(const std::string& manifest);

// What differs between two manifests, with both values: "batch: 8 there, 4 here; subjects: NSD-01
// there, NSD-02 here". "" if nothing does; "not a manifest" if either is unusable.
struct ManifestSides {
  const char* ours = "here";
  const char* theirs = "there";
};
std::string manifest_difference(const std::string& ours, const std::string& theirs,
                                const ManifestSides& sides = {});

// How to compute as the other did, a sentence with a space behind it; "" where nothing short helps.
std::string manifest_advice(const std::string& ours, const std::string& theirs);

}  // namespace corticast
