// What a file of another program's format says about its origin: the JSON sidecar beside it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/output/response_file.h"

namespace corticast {

// What responses are measured in, as every output says it.
inline constexpr const char* kResponseUnits = "model units (z-scored beta)";

// A JSON object: model, engine, device, precision, subject, units, command line, the images `rows`
// (row i is map i) with their statuses, the run's manifest; of a reduction what its columns are.
// command_line: of the export, "" if that is the run's own.
std::string provenance(const ResponseFile& file, std::size_t target,
                       const std::vector<std::size_t>& rows, const std::string& command_line);

// Whether responses, or maps made of them, are of a model that was never trained: as the output
// says, or else the sidecar beside a file of maps ("Untrained", or that of its "Model"). False
// where nothing is said. Never throws for a sidecar that cannot be read.
bool says_untrained(const std::filesystem::path& file);

// Contents of a BIDS derivative's dataset_description.json.
std::string dataset_description(const RunRecord& record);

}  // namespace corticast
