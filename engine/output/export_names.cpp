#include "engine/output/export_names.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

#include "engine/atlas/vertices.h"
#include "engine/maps/file_names.h"
#include "engine/maps/map_files.h"

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
                                                 const std::vector<std::int32_t>& grayordinates,
                                                 std::size_t maps, std::size_t maps_per_file) {
  if (format == MapFormat::kNpy || format == MapFormat::kMosaic) return {destination};
  std::vector<std::string_view> hemispheres = {""};
  if (format == MapFormat::kGifti) {  // ascending: one look at either end
    hemispheres.clear();
    const auto right = std::lower_bound(grayordinates.begin(), grayordinates.end(), kLeftCortex);
    if (right != grayordinates.begin()) hemispheres.emplace_back("L");
    if (right != grayordinates.end() && *right < kCortex) hemispheres.emplace_back("R");
  }
  std::vector<std::filesystem::path> files;
  for (const MapChunk& chunk : map_chunks(maps, maps_per_file)) {
    for (const std::string_view hemisphere : hemispheres) {
      files.push_back(map_file_name(destination, hemisphere, chunk.number));
    }
  }
  return files;
}

}  // namespace corticast
