#include <algorithm>
#include <memory>
#include <span>

#include "engine/atlas/vertices.h"
#include "engine/base/file.h"
#include "engine/maps/binary_text.h"
#include "engine/maps/fill.h"
#include "engine/maps/gifti_maps.h"
#include "engine/maps/map_files.h"
#include "engine/maps/map_names.h"
#include "engine/maps/mesh.h"
#include "engine/maps/xml.h"

namespace corticast {
namespace {

constexpr std::size_t kMapsAtOnce = 16;

struct Side {
  Hemisphere hemisphere;
  const char* letter;     // of the file's name
  const char* structure;  // as GIFTI names it
};
constexpr Side kSides[] = {{Hemisphere::kLeft, "L", "CortexLeft"},
                           {Hemisphere::kRight, "R", "CortexRight"}};

// Sides that have a column.
std::vector<Side> sides_of(const std::vector<std::int32_t>& grayordinates) {
  std::vector<Side> sides;
  for (const Side& side : kSides) {
    const Structure& cortex = structures()[side.hemisphere == Hemisphere::kLeft ? 0 : 1];
    // Ascending: the first one that is not before this cortex tells.
    const auto found = std::lower_bound(grayordinates.begin(), grayordinates.end(), cortex.first);
    if (found != grayordinates.end() && *found < cortex.first + cortex.count) {
      sides.push_back(side);
    }
  }
  return sides;
}

std::string metadata(std::string_view name, std::string_view value) {
  return "<MetaData><MD><Name>" + std::string(name) + "</Name><Value>" + xml_escaped(value) +
         "</Value></MD></MetaData>\n";
}

// One file while it grows.
class SideFile {
 public:
  SideFile(const std::filesystem::path& path, const Side& side, std::size_t maps)
      : side_(side), file_(path), mesh_(kMeshVertices) {
    write(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<GIFTI Version=\"1.0\" "
        "NumberOfDataArrays=\"" +
        std::to_string(maps) + "\">\n" + metadata("AnatomicalStructurePrimary", side.structure) +
        "<LabelTable/>\n");
  }

  void add(const std::string& name, std::span<const std::int32_t> grayordinates,
           std::span<const float> values, float fill) {
    to_mesh(side_.hemisphere, grayordinates, values, fill, mesh_.data());
    write(
        "<DataArray Intent=\"NIFTI_INTENT_NORMAL\" DataType=\"NIFTI_TYPE_FLOAT32\" "
        "ArrayIndexingOrder=\"RowMajorOrder\" Dimensionality=\"1\" Dim0=\"" +
        std::to_string(kMeshVertices) +
        "\" Encoding=\"GZipBase64Binary\" Endian=\"LittleEndian\" ExternalFileName=\"\" "
        "ExternalFileOffset=\"\">\n" +
        metadata("Name", name) + "<Data>" + base64(deflated(std::as_bytes(std::span(mesh_)))) +
        "</Data>\n</DataArray>\n");
  }

  void finish() {
    write("</GIFTI>\n");
    file_.commit();
  }

 private:
  void write(const std::string& text) { file_.write(text.data(), text.size()); }

  Side side_;
  PendingFile file_;
  std::vector<float> mesh_;
};

}  // namespace

std::vector<std::filesystem::path> write_gifti_maps(const Maps& maps,
                                                    const std::filesystem::path& destination,
                                                    const MapWriteOptions& options) {
  const std::vector<Side> sides = sides_of(maps.grayordinates());
  if (sides.empty()) {
    throw Error(ErrorCode::kUsage, destination.string() + ": the maps have no cortical column",
                "GIFTI holds the cortex; give a name that ends in .dscalar.nii.");
  }
  const std::vector<std::string> names = harmless_names(maps.names(), options.notes);
  const std::vector<MapChunk> chunks = map_chunks(names.size(), options.maps_per_file);
  std::vector<std::filesystem::path> files;
  files.reserve(chunks.size() * sides.size());
  for (const MapChunk& chunk : chunks) {
    for (const Side& side : sides) {
      files.push_back(map_file_name(destination, side.letter, chunk.number));
    }
  }
  refuse_existing(files, options.replace);

  const std::size_t width = maps.columns();
  std::vector<float> values;
  auto path = files.begin();
  for (const MapChunk& chunk : chunks) {
    std::vector<std::unique_ptr<SideFile>> open;
    open.reserve(sides.size());
    for (const Side& side : sides) {
      open.push_back(std::make_unique<SideFile>(*path++, side, chunk.maps.count));
    }
    for (std::size_t done = 0; done < chunk.maps.count; done += kMapsAtOnce) {
      const RowRange range{chunk.maps.first + done, std::min(kMapsAtOnce, chunk.maps.count - done)};
      values.resize(range.count * width);
      maps.read(range, values.data());
      for (std::size_t map = 0; map < range.count; ++map) {
        const std::span<float> one(values.data() + map * width, width);
        fill_missing(one, options.fill);
        for (const auto& file : open) {
          file->add(names[range.first + map], maps.grayordinates(), one, options.fill);
        }
      }
    }
    for (const auto& file : open) file->finish();
  }
  return files;
}

}  // namespace corticast
