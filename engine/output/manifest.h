// What a run computes, as one line of JSON: equal lines, equal results. Stored in every output, so
// that the same command can see that its work is done and a different one that it is not its own.
#pragma once

#include <string>

#include "engine/output/writer.h"

namespace corticast {

std::string run_manifest(const RunRecord& record, const Request& request);

// What differs between two manifests, in words: "model, subjects". "" if nothing does; "not a
// manifest" if either is unusable.
std::string manifest_difference(const std::string& ours, const std::string& theirs);

}  // namespace corticast
