#include "engine/base/error.h"
#include "engine/maps/gifti.h"
#include "engine/maps/gifti_maps.h"
#include "engine/maps/mesh.h"

namespace corticast {
namespace {

std::string text_of(const std::map<std::string, std::string>& meta, const std::string& name) {
  const auto found = meta.find(name);
  return found == meta.end() ? "" : found->second;
}

}  // namespace

std::unique_ptr<Maps> read_gifti_maps(const std::filesystem::path& path) {
  const auto refuse = [&](const std::string& what, const std::string& hint = {}) {
    throw Error(ErrorCode::kUsage, path.string() + ": " + what, hint);
  };
  const GiftiFile file = read_gifti(path);
  if (file.arrays.empty()) refuse("has no data array");

  std::string structure = text_of(file.meta, "AnatomicalStructurePrimary");
  if (structure.empty()) {
    structure = text_of(file.arrays.front().meta, "AnatomicalStructurePrimary");
  }
  if (structure != "CortexLeft" && structure != "CortexRight") {
    refuse("its AnatomicalStructurePrimary is \"" + structure +
               "\", expected CortexLeft or CortexRight",
           "Set it with wb_command -set-structure.");
  }
  const bool left = structure == "CortexLeft";
  const Structure& cortex = structures()[left ? 0 : 1];
  const std::vector<std::int32_t>& vertices =
      mesh_vertices(left ? Hemisphere::kLeft : Hemisphere::kRight);

  std::vector<std::int32_t> grayordinates(vertices.size());
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    grayordinates[i] = cortex.first + static_cast<std::int32_t>(i);
  }
  std::vector<std::string> names;
  names.reserve(file.arrays.size());
  std::vector<float> values;
  values.reserve(file.arrays.size() * vertices.size());
  for (const GiftiArray& array : file.arrays) {
    if (array.intent == "NIFTI_INTENT_POINTSET" || array.intent == "NIFTI_INTENT_TRIANGLE" ||
        array.intent == "NIFTI_INTENT_LABEL") {
      refuse("holds a surface or labels (" + array.intent + "), no maps",
             "Give a functional file, .func.gii or .shape.gii.");
    }
    if (array.values.size() != static_cast<std::size_t>(kMeshVertices)) {
      refuse("a map has " + std::to_string(array.values.size()) +
                 " values, expected 32,492 (fsLR 32k)",
             "Resample it with wb_command -metric-resample.");
    }
    names.push_back(text_of(array.meta, "Name"));
    for (const std::int32_t vertex : vertices) {
      values.push_back(static_cast<float>(array.values[static_cast<std::size_t>(vertex)]));
    }
  }
  return std::make_unique<MemoryMaps>(std::move(names), vertices.size(), std::move(grayordinates),
                                      std::move(values));
}

}  // namespace corticast
