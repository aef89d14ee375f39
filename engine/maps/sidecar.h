// The text file beside maps: where they come from and what the files hold, for people and programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/maps/write_maps.h"

namespace corticast {

// The members of options.provenance, then what the format has to say: format, files, and those of
// maps, grayordinates, space, fill that the files do not hold themselves. One member a line; bytes
// that are no UTF-8 become U+FFFD. Throws Error{kInternal} if the provenance is no JSON object.
std::string sidecar_text(const Maps& maps, MapFormat format,
                         const std::vector<std::filesystem::path>& files,
                         const MapWriteOptions& options);

}  // namespace corticast
