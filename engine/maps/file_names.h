// How files are named when maps need more than one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace corticast {

// A file name as formats split it: "out.dscalar.nii" is "out" and ".dscalar.nii". Endings known:
// .dscalar.nii, .func.gii, .npy, .h5, .hdf5 in any case; of other names, what follows the last dot.
struct MapFileName {
  std::filesystem::path folder;
  std::string stem;
  std::string ending;
};
MapFileName split_map_name(const std::filesystem::path& file);

// The file of one hemisphere and one chunk: "out_hemi-L.func.gii", "out_maps-0002.dscalar.nii",
// "out_hemi-R_maps-0001.func.gii". hemisphere: "L", "R" or empty; chunk: from 1, 0 where all maps
// are in one file. A name with BIDS entities has its hemisphere before _space-, as BIDS orders
// them.
std::filesystem::path map_file_name(const std::filesystem::path& destination,
                                    std::string_view hemisphere, std::size_t chunk);

// What map_file_name() made this name of; the name itself where it has no such marks.
std::filesystem::path unmarked_name(const std::filesystem::path& file);

// The sidecar of all files made from `destination`: "out.func.gii.json", so that formats of one
// stem have one each; of a name with BIDS entities, "sub-1_space-fsLR_statmap.json", as BIDS wants.
std::filesystem::path sidecar_name(const std::filesystem::path& destination);

}  // namespace corticast
