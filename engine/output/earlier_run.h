// What a run finds where its output goes: rows of its own that are done, or somebody else's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/output/writer.h"

namespace corticast {

struct EarlierRows {
  std::vector<std::uint8_t> done;  // one per row; 1: final
  std::size_t done_rows = 0;
  std::size_t failed_rows = 0;  // of those
};

// What this run goes on from: the rows in destination.part if they are of this very run. nullopt if
// it starts anew. notes (may be null) gets which of the two and why, unless nothing was there.
// replace: anything of ours may be dropped. Throws Error{kUsage} with the difference for another
// run's rows; Error{kOutput} for a file that is not ours or cannot be read. Changes nothing.
std::optional<EarlierRows> earlier_rows(const std::filesystem::path& destination,
                                        const RunRecord& record, const Request& request,
                                        bool replace, std::vector<std::string>* notes);

// The batch size of the run whose output, finished or not, has this name; nullopt if there is none.
std::optional<std::size_t> batch_of_earlier_run(const std::filesystem::path& destination);

}  // namespace corticast
