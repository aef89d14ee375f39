#include "engine/maps/cifti_xml.h"

#include "engine/atlas/vertices.h"
#include "engine/maps/mesh.h"
#include "engine/maps/xml.h"

namespace corticast {
namespace {

void append_vertices(std::string& xml, const std::vector<std::int32_t>& vertices) {
  xml += "<VertexIndices>";
  for (const std::int32_t vertex : vertices) xml.append(std::to_string(vertex)).append(1, ' ');
  xml.back() = '<';
  xml += "/VertexIndices>";
}

void append_voxels(std::string& xml, const Structure& structure) {
  xml += "<VoxelIndicesIJK>";
  for (std::int32_t g = structure.first; g < structure.first + structure.count; ++g) {
    const auto& [i, j, k] = voxels()[static_cast<std::size_t>(g - kCortex)];
    xml += std::to_string(i) + ' ' + std::to_string(j) + ' ' + std::to_string(k) + '\n';
  }
  xml.back() = '<';
  xml += "/VoxelIndicesIJK>";
}

void append_model(std::string& xml, const Structure& structure) {
  xml += "<BrainModel IndexOffset=\"" + std::to_string(structure.first) + "\" IndexCount=\"" +
         std::to_string(structure.count) + "\" ModelType=\"CIFTI_MODEL_TYPE_" +
         (structure.surface ? "SURFACE" : "VOXELS") + "\" BrainStructure=\"";
  xml += structure.name;
  if (structure.surface) {
    xml += "\" SurfaceNumberOfVertices=\"" + std::to_string(kMeshVertices) + "\">";
    append_vertices(xml,
                    mesh_vertices(structure.first == 0 ? Hemisphere::kLeft : Hemisphere::kRight));
  } else {
    xml += "\">";
    append_voxels(xml, structure);
  }
  xml += "</BrainModel>\n";
}

}  // namespace

std::string make_cifti_xml(const std::vector<std::string>& names, bool cortex_only) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CIFTI Version=\"2\"><Matrix>\n"
      "<MatrixIndicesMap AppliesToMatrixDimension=\"0\" "
      "IndicesMapToDataType=\"CIFTI_INDEX_TYPE_SCALARS\">\n";
  for (const std::string& name : names) {
    xml += "<NamedMap><MapName>" + xml_escaped(name) + "</MapName></NamedMap>\n";
  }
  xml +=
      "</MatrixIndicesMap>\n<MatrixIndicesMap AppliesToMatrixDimension=\"1\" "
      "IndicesMapToDataType=\"CIFTI_INDEX_TYPE_BRAIN_MODELS\">\n";
  if (!cortex_only) {  // without it Workbench refuses voxels
    xml +=
        "<Volume VolumeDimensions=\"91,109,91\"><TransformationMatrixVoxelIndicesIJKtoXYZ "
        "MeterExponent=\"-3\">-2 0 0 90 0 2 0 -126 0 0 2 -72 0 0 0 1"
        "</TransformationMatrixVoxelIndicesIJKtoXYZ></Volume>\n";
  }
  for (const Structure& structure : structures()) {
    if (structure.surface || !cortex_only) append_model(xml, structure);
  }
  return xml + "</MatrixIndicesMap>\n</Matrix></CIFTI>\n";
}

}  // namespace corticast
