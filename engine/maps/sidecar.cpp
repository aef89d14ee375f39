#include "engine/maps/sidecar.h"

#include <cmath>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace corticast {
namespace {

const char* name_of(MapFormat format) {
  switch (format) {
    case MapFormat::kNpy:
      return "NumPy array, float32 [maps, columns]";
    case MapFormat::kCifti:
      return "CIFTI-2 dense scalars";
    case MapFormat::kGifti:
      return "GIFTI functional, one file per hemisphere";
    case MapFormat::kMosaic:
      return "HDF5, MOSAIC layout: betas/<map>, float32 [91282]";
  }
  return "";
}

template <typename T>
Json list_of(const std::vector<T>& values) {
  Json::Array list;
  list.reserve(values.size());
  for (const T& value : values) list.emplace_back(value);
  return list;
}

}  // namespace

std::string sidecar_text(const Maps& maps, MapFormat format,
                         const std::vector<std::filesystem::path>& files,
                         const MapWriteOptions& options) {
  Json::Object members;
  try {
    members = parse_json(options.provenance).items();
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::kInternal, std::string("a sidecar that is no JSON: ") + error.what());
  }
  members["format"] = name_of(format);
  std::vector<std::string> file_names;
  file_names.reserve(files.size());
  for (const std::filesystem::path& file : files) file_names.push_back(file.filename().string());
  members["files"] = list_of(file_names);
  members["maps"] = list_of(maps.names());
  if (!maps.grayordinates().empty()) members["space"] = "fsLR 32k, HCP 91,282 grayordinates";
  if (format == MapFormat::kNpy) {
    members["grayordinates"] = list_of(maps.grayordinates());
  }
  members["fill"] = std::isnan(options.fill) ? Json("nan") : Json(double{options.fill});
  if (format == MapFormat::kCifti || format == MapFormat::kGifti) {
    members["maps_per_file"] = std::uint64_t{options.maps_per_file};
  }

  std::string text = "{";
  for (const auto& [key, value] : members) {
    text += text.size() == 1 ? "\n " : ",\n ";
    text += json_text(key) + ": " + value.dump();
  }
  return text + "\n}\n";
}

}  // namespace corticast
