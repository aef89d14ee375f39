// Where grayordinates lie: counts, hashes of the lists as nibabel reads them from the HCP's
// template with Workbench's help, and values on a mesh.
#include "engine/maps/mesh.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "engine/atlas/vertices.h"
#include "engine/base/digest.h"
#include "tests/support/catch.h"

using namespace corticast;

namespace {

template <typename T>
std::string hash(const std::vector<T>& values) {
  return sha256_hex(std::as_bytes(std::span(values)));
}

}  // namespace

TEST_CASE("vertices and voxels are those of the HCP's template") {
  const auto& left = mesh_vertices(Hemisphere::kLeft);
  const auto& right = mesh_vertices(Hemisphere::kRight);
  CHECK(left.size() == 29696);
  CHECK(right.size() == 29716);
  CHECK(hash(left) == "8f168691546ac1033a992c9047886ab9da77fd3080acd9fa5b0dc38cff1fc70f");
  CHECK(hash(right) == "f1e3bc3698a9aa2e4300bff0f8b7c99022e030f875382e9f3cd443f88c8456ef");
  CHECK(voxels().size() == 31870);
  CHECK(hash(voxels()) == "3129d43dabb6285200e148a9afe72e72d0d2bd7573117bc378e904499277a165");
}

TEST_CASE("structures follow each other without gap") {
  std::int32_t next = 0;
  int surfaces = 0;
  for (const Structure& structure : structures()) {
    CHECK(structure.first == next);
    next += structure.count;
    surfaces += structure.surface ? 1 : 0;
  }
  CHECK(next == kGrayordinates);
  CHECK(surfaces == 2);
  CHECK(structures().size() == 21);
  CHECK(structures()[6].name == "CIFTI_STRUCTURE_BRAIN_STEM");
  CHECK(structures()[6].count == 3472);
  CHECK(label_name(label_of(structures()[6].first)) == "brain_stem");
}

TEST_CASE("values land on their hemisphere's mesh and nowhere else") {
  const std::vector<std::int32_t> grayordinates = {0, 29695, 29696, 59411, 59412};
  const std::vector<float> values = {1, 2, 3, 4, 5};
  std::vector<float> mesh(kMeshVertices);
  to_mesh(Hemisphere::kLeft, grayordinates, values, 0.0f, mesh.data());
  CHECK(mesh[0] == 1);
  CHECK(mesh[static_cast<std::size_t>(mesh_vertices(Hemisphere::kLeft).back())] == 2);
  CHECK(std::accumulate(mesh.begin(), mesh.end(), 0.0f) == 3);
  to_mesh(Hemisphere::kRight, grayordinates, values, 0.0f, mesh.data());
  CHECK(mesh[0] == 3);
  CHECK(std::accumulate(mesh.begin(), mesh.end(), 0.0f) == 7);
  to_mesh(Hemisphere::kRight, {}, {}, std::numeric_limits<float>::quiet_NaN(), mesh.data());
  CHECK(std::isnan(mesh[0]));
}
