#include "engine/output/export_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "engine/maps/file_names.h"

namespace corticast {

std::string subject_label(const Target& target) {
  if (target.name == "readout") return "unknown";
  std::string label;
  std::copy_if(target.name.begin(), target.name.end(), std::back_inserter(label),
               [](unsigned char letter) { return std::isalnum(letter) != 0; });
  return label;
}

std::filesystem::path subject_file(const std::filesystem::path& destination, const Target& target) {
  const MapFileName name = split_map_name(destination);
  return name.folder / (name.stem + "_sub-" + subject_label(target) + name.ending);
}

std::filesystem::path bids_file(const Target& target, MapFormat format, bool cortex_only) {
  const std::string subject = "sub-" + subject_label(target);
  std::string space;
  std::string ending = ".npy";
  switch (format) {
    case MapFormat::kNpy:
      break;
    case MapFormat::kCifti:
      space = cortex_only ? "_space-fsLR_den-32k" : "_space-fsLR_den-91k";
      ending = ".dscalar.nii";
      break;
    case MapFormat::kGifti:
      space = "_space-fsLR_den-32k";
      ending = ".func.gii";
      break;
    case MapFormat::kMosaic:
      space = "_space-fsLR_den-91k";
      ending = ".h5";
      break;
  }
  return std::filesystem::path(subject) / "func" /
         (subject + space + "_desc-cnn8pred_statmap" + ending);
}

std::vector<std::filesystem::path> planned_files(MapFormat format,
                                                 const std::filesystem::path& destination,
                                                 std::size_t maps, std::size_t maps_per_file) {
  if (format == MapFormat::kNpy || format == MapFormat::kMosaic) return {destination};
  const std::size_t chunks = (maps + maps_per_file - 1) / maps_per_file;
  const std::vector<std::string_view> hemispheres = format == MapFormat::kGifti
                                                        ? std::vector<std::string_view>{"L", "R"}
                                                        : std::vector<std::string_view>{""};
  std::vector<std::filesystem::path> files;
  for (std::size_t chunk = 1; chunk <= std::max<std::size_t>(chunks, 1); ++chunk) {
    for (const std::string_view hemisphere : hemispheres) {
      files.push_back(map_file_name(destination, hemisphere, chunks > 1 ? chunk : 0));
    }
  }
  return files;
}

}  // namespace corticast
