#include "engine/maps/file_names.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace corticast {
namespace {

constexpr std::string_view kEndings[] = {".dscalar.nii", ".func.gii", ".npy", ".h5", ".hdf5"};

// The entity that every BIDS name of ours has.
constexpr std::string_view kSpace = "_space-";

constexpr std::string_view kHemisphere = "_hemi-", kChunk = "_maps-";

bool ends_with(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() &&
         std::equal(ending.begin(), ending.end(), name.end() - static_cast<long>(ending.size()),
                    [](char a, char b) {
                      return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
                    });
}

}  // namespace

MapFileName split_map_name(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const std::string_view* const known =
      std::find_if(std::begin(kEndings), std::end(kEndings),
                   [&](std::string_view ending) { return ends_with(name, ending); });
  const std::string ending = known == std::end(kEndings) ? file.extension().string()
                                                         : name.substr(name.size() - known->size());
  return {file.parent_path(), name.substr(0, name.size() - ending.size()), ending};
}

std::filesystem::path map_file_name(const std::filesystem::path& destination,
                                    std::string_view hemisphere, std::size_t chunk) {
  MapFileName name = split_map_name(destination);
  if (!hemisphere.empty()) {
    const std::size_t space = name.stem.rfind(kSpace);
    const std::string entity = std::string(kHemisphere) + std::string(hemisphere);
    name.stem.insert(space == std::string::npos ? name.stem.size() : space, entity);
  }
  if (chunk > 0) {
    char number[32];
    std::snprintf(number, sizeof(number), "%04zu", chunk);
    name.stem.append(kChunk).append(number);
  }
  return name.folder / (name.stem + name.ending);
}

std::filesystem::path unmarked_name(const std::filesystem::path& file) {
  MapFileName name = split_map_name(file);
  constexpr std::size_t kDigits = 4;  // at least
  const std::size_t chunk = name.stem.rfind(kChunk);
  if (chunk != std::string::npos && name.stem.size() >= chunk + kChunk.size() + kDigits &&
      name.stem.find_first_not_of("0123456789", chunk + kChunk.size()) == std::string::npos) {
    name.stem.erase(chunk);
  }
  for (const std::string_view side : {"L", "R"}) {
    const std::string entity = std::string(kHemisphere) + std::string(side);
    const std::size_t space = name.stem.rfind(kSpace);
    const std::size_t end = space == std::string::npos ? name.stem.size() : space;
    if (end >= entity.size() &&
        name.stem.compare(end - entity.size(), entity.size(), entity) == 0) {
      name.stem.erase(end - entity.size(), entity.size());
      break;
    }
  }
  return name.folder / (name.stem + name.ending);
}

std::filesystem::path sidecar_name(const std::filesystem::path& destination) {
  const MapFileName name = split_map_name(destination);
  const bool bids = name.stem.find(kSpace) != std::string::npos;
  return name.folder / (name.stem + (bids ? "" : name.ending) + ".json");
}

}  // namespace corticast
