// The file of `corticast atlas import`: a safetensors file (engine/model/safetensors.h), so that
// Python reads it as well.
//   metadata  format: corticast-surfaces, format_version: 1
//   <surface>.<L|R>.positions  F32 [32492, 3]
//   <surface>.<L|R>.triangles  I32 [t, 3]
//   sulc.<L|R>                 F32 [32492], both or none
// Each surface has both hemispheres and both tensors of each.
#pragma once

#include <filesystem>

#include "engine/surface/surface.h"

namespace corticast {

// Throws Error{kUsage} naming the file and what is wrong with it.
SurfaceSet read_surface_file(const std::filesystem::path& path);
// Replaces what is there; makes the folder. Throws Error{kOutput}.
void write_surface_file(const SurfaceSet& set, const std::filesystem::path& path);

// $XDG_DATA_HOME/corticast/fslr32k.surfaces, or under ~/.local/share. Throws Error{kUsage} where
// neither variable is set.
std::filesystem::path default_surface_file();

// A mesh that can be drawn: sizes, finite positions, triangles within range. name: for messages.
// Throws Error{kUsage}.
void check_surface(const Surface& surface, const std::string& name);

}  // namespace corticast
