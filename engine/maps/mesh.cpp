#include "engine/maps/mesh.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "engine/atlas/vertices.h"
#include "engine/base/error.h"

namespace corticast {
namespace {

struct StructureSize {
  std::string_view name;
  std::int32_t count;
};

#include "third_party/atlas/mesh_tables.inc"

constexpr std::size_t kSurfaces = 2;

constexpr std::int32_t total_count() {
  std::int32_t total = 0;
  for (const StructureSize& structure : kStructures) total += structure.count;
  return total;
}
static_assert(total_count() == kGrayordinates);
static_assert(kStructures[0].count == kLeftCortex);
static_assert(kStructures[0].count + kStructures[1].count == kCortex);

// Walks gap, length, gap, length, ... from `at` until `count` indices have been given to `use`;
// returns the table's next entry.
template <typename Use>
std::size_t walk(std::span<const std::int32_t> runs, std::size_t at, std::int32_t count, Use use) {
  std::int32_t index = 0;
  while (count > 0) {
    index += runs[at];
    for (std::int32_t k = 0; k < runs[at + 1]; ++k) use(index++);
    count -= runs[at + 1];
    at += 2;
  }
  return at;
}

std::vector<std::int32_t> expand(std::span<const std::int32_t> runs, std::int32_t count) {
  std::vector<std::int32_t> vertices;
  vertices.reserve(static_cast<std::size_t>(count));
  walk(runs, 0, count, [&](std::int32_t vertex) { vertices.push_back(vertex); });
  return vertices;
}

std::vector<Structure> all_structures() {
  std::vector<Structure> all;
  all.reserve(std::size(kStructures));
  std::int32_t first = 0;
  for (const StructureSize& structure : kStructures) {
    all.push_back({structure.name, first, structure.count, all.size() < kSurfaces});
    first += structure.count;
  }
  return all;
}

std::vector<std::array<std::uint8_t, 3>> all_voxels() {
  std::vector<std::array<std::uint8_t, 3>> all;
  all.reserve(static_cast<std::size_t>(kGrayordinates - kCortex));
  std::size_t at = 0;
  for (std::size_t s = kSurfaces; s < std::size(kStructures); ++s) {
    at = walk(kVoxelRuns, at, kStructures[s].count, [&](std::int32_t voxel) {
      const std::int32_t i = voxel % kVolume[0];
      const std::int32_t j = voxel / kVolume[0] % kVolume[1];
      const std::int32_t k = voxel / (kVolume[0] * kVolume[1]);
      all.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(j),
                     static_cast<std::uint8_t>(k)});
    });
  }
  return all;
}

}  // namespace

const std::vector<std::int32_t>& mesh_vertices(Hemisphere hemisphere) {
  static const std::vector<std::int32_t> left = expand(kLeftVertexRuns, kStructures[0].count);
  static const std::vector<std::int32_t> right = expand(kRightVertexRuns, kStructures[1].count);
  return hemisphere == Hemisphere::kLeft ? left : right;
}

void to_mesh(Hemisphere hemisphere, std::span<const std::int32_t> grayordinates,
             std::span<const float> values, float fill, float* out) {
  if (grayordinates.size() != values.size()) {
    throw Error(ErrorCode::kInternal, "values whose grayordinates are not known");
  }
  const Structure& cortex = structures()[hemisphere == Hemisphere::kLeft ? 0 : 1];
  const std::vector<std::int32_t>& vertices = mesh_vertices(hemisphere);
  std::fill_n(out, kMeshVertices, fill);
  for (std::size_t column = 0; column < values.size(); ++column) {
    const std::int32_t own = grayordinates[column] - cortex.first;
    if (own >= 0 && own < cortex.count)
      out[vertices[static_cast<std::size_t>(own)]] = values[column];
  }
}

const std::vector<Structure>& structures() {
  static const std::vector<Structure> all = all_structures();
  return all;
}

const std::vector<std::array<std::uint8_t, 3>>& voxels() {
  static const std::vector<std::array<std::uint8_t, 3>> all = all_voxels();
  return all;
}

}  // namespace corticast
