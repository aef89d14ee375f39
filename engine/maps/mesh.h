// Where grayordinates lie: vertices of the two fsLR 32k meshes and voxels of the subcortical
// structures, as every CIFTI file of the HCP's 91k space says. Tables are compiled in
// (third_party/atlas); immutable, so any number of threads may use them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace corticast {

inline constexpr std::int32_t kMeshVertices = 32492;  // of one hemisphere, medial wall included

enum class Hemisphere { kLeft, kRight };

// Mesh vertex 0 .. 32,491 of each cortical grayordinate of a hemisphere, ascending: [29,696] left
// (grayordinate 0 first), [29,716] right (grayordinate 29,696 first).
const std::vector<std::int32_t>& mesh_vertices(Hemisphere hemisphere);

// Values at grayordinates onto a mesh. grayordinates, values: [columns], as in Maps; out [32,492],
// `fill` where the mesh has no value of its own (medial wall, the other hemisphere, not a column).
void to_mesh(Hemisphere hemisphere, std::span<const std::int32_t> grayordinates,
             std::span<const float> values, float fill, float* out);

// One structure of the 91k space, in file order: the two cortices, then the subcortical ones.
struct Structure {
  std::string_view name;   // "CIFTI_STRUCTURE_CORTEX_LEFT"
  std::int32_t first = 0;  // grayordinate
  std::int32_t count = 0;
  bool surface = false;
};
const std::vector<Structure>& structures();

inline constexpr std::array<std::int32_t, 3> kVolume = {91, 109, 91};

// Voxel (i, j, k) of each subcortical grayordinate, 59,412 first: [31,870], in a volume of kVolume
// voxels; millimetres: x = 90 - 2 i, y = 2 j - 126, z = 2 k - 72. Within a structure, ascending
// with i fastest.
const std::vector<std::array<std::uint8_t, 3>>& voxels();

}  // namespace corticast
