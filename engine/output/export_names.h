// The files that responses are exported to.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/maps/write_maps.h"

namespace corticast {

// "NSD01" of NSD-01: letters and digits only, as in names of BIDS. "unknown" for a readout whose
// subject is not known.
std::string subject_label(const Target& target);

// "out_sub-NSD01.dscalar.nii" of "out.dscalar.nii".
std::filesystem::path subject_file(const std::filesystem::path& destination, const Target& target);

// "sub-NSD01/func/sub-NSD01_space-fsLR_den-91k_desc-cnn8pred_statmap.dscalar.nii": BIDS' entities
// in BIDS' order, nothing of our own. A .npy has columns of any kind, and no space.
std::filesystem::path bids_file(const Target& target, MapFormat format, bool cortex_only);

// What write_maps(..., destination, ...) will write of so many maps of these grayordinates, in
// order; sidecar not among them.
std::vector<std::filesystem::path> planned_files(MapFormat format,
                                                 const std::filesystem::path& destination,
                                                 const std::vector<std::int32_t>& grayordinates,
                                                 std::size_t maps, std::size_t maps_per_file);

}  // namespace corticast
