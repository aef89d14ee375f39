#include "engine/maps/write_maps.h"

#include <cctype>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/maps/cifti_maps.h"
#include "engine/maps/gifti_maps.h"
#include "engine/maps/map_files.h"
#include "engine/maps/mosaic_maps.h"
#include "engine/maps/npy_maps.h"
#include "engine/maps/sidecar.h"

namespace corticast {
namespace {

std::vector<std::filesystem::path> write_files(const Maps& maps, MapFormat format,
                                               const std::filesystem::path& destination,
                                               const MapWriteOptions& options) {
  switch (format) {
    case MapFormat::kNpy:
      return write_npy_maps(maps, destination, options);
    case MapFormat::kCifti:
      return write_cifti_maps(maps, destination, options);
    case MapFormat::kGifti:
      return write_gifti_maps(maps, destination, options);
    case MapFormat::kMosaic:
      return write_mosaic_maps(maps, destination, options);
  }
  throw Error(ErrorCode::kInternal, "an unknown format of maps");
}

}  // namespace

bool map_format_of(const std::filesystem::path& destination, MapFormat& format) {
  std::string ending = split_map_name(destination).ending;
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (ending == ".npy") {
    format = MapFormat::kNpy;
  } else if (ending == ".dscalar.nii") {
    format = MapFormat::kCifti;
  } else if (ending == ".func.gii") {
    format = MapFormat::kGifti;
  } else {
    return false;
  }
  return true;
}

std::vector<std::filesystem::path> write_maps(const Maps& maps, MapFormat format,
                                              const std::filesystem::path& destination,
                                              const MapWriteOptions& options) {
  const std::string name = destination.string();
  if (maps.names().empty() || maps.columns() == 0) {
    throw Error(ErrorCode::kUsage, name + ": there are no maps to write",
                "Select an image and a vertex at least.");
  }
  if (format != MapFormat::kNpy && maps.grayordinates().empty()) {
    throw Error(ErrorCode::kUsage,
                name + ": the columns are not vertices, so this format has no place for them",
                "Give a name that ends in .npy.");
  }
  const std::filesystem::path sidecar = sidecar_name(destination);
  if (!options.provenance.empty()) refuse_existing({sidecar}, options.replace);
  std::vector<std::filesystem::path> files = write_files(maps, format, destination, options);
  if (!options.provenance.empty()) {
    const std::string text = sidecar_text(maps, format, files, options);
    PendingFile file(sidecar);
    file.write(text.data(), text.size());
    file.commit();
  }
  return files;
}

}  // namespace corticast
