#include "engine/maps/cifti_matrix.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/atlas/vertices.h"
#include "engine/base/checked_math.h"
#include "engine/base/text.h"
#include "engine/maps/mesh.h"

namespace corticast {
namespace {

bool is_separator(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',';
}

// All numbers of a list; nullopt if something else is in it, or more than `most` numbers.
template <typename T>
std::optional<std::vector<T>> number_list(std::string_view text, std::size_t most) {
  std::vector<T> list;
  list.reserve(std::min(most, text.size() / 2 + 1));
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while ((at = std::find_if_not(at, end, is_separator)) != end) {
    T value{};
    const auto [next, status] = std::from_chars(at, end, value);
    if (status != std::errc{} || (next != end && !is_separator(*next))) return std::nullopt;
    if (list.size() == most) return std::nullopt;
    list.push_back(value);
    at = next;
  }
  return list;
}

// A grayordinate and its place along the dimension.
struct Entry {
  std::int32_t grayordinate;
  std::uint32_t index;
};

constexpr std::int32_t kNone = -1;
constexpr std::uint64_t kMostMaps = 1'000'000;  // a name each

// Grayordinate of each vertex of a hemisphere's mesh, kNone for those of the medial wall.
std::vector<std::int32_t> grayordinates_of_mesh(Hemisphere hemisphere, std::int32_t first) {
  std::vector<std::int32_t> table(kMeshVertices, kNone);
  for (const std::int32_t vertex : mesh_vertices(hemisphere)) {
    table[static_cast<std::size_t>(vertex)] = first++;
  }
  return table;
}

// Brain models along one dimension, as grayordinates.
class BrainModels {
 public:
  BrainModels(const XmlElement& map, std::uint64_t size, const std::string& source)
      : map_(map), size_(size), source_(source) {}

  std::vector<Entry> read() {
    for (const XmlElement& element : map_.children) {
      if (element.name == "BrainModel") read_model(element);
    }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.grayordinate < b.grayordinate; });
    const auto twice = std::adjacent_find(
        entries_.begin(), entries_.end(),
        [](const Entry& a, const Entry& b) { return a.grayordinate == b.grayordinate; });
    if (twice != entries_.end()) {
      refuse("grayordinate " + grouped(static_cast<unsigned>(twice->grayordinate)) +
             " of the 91k space is given twice");
    }
    if (entries_.empty()) refuse("holds no grayordinate of the 91k space");
    return std::move(entries_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) const {
    throw Error(ErrorCode::kUsage, source_ + ": " + what, hint);
  }

  std::uint64_t number(const XmlElement& element, std::string_view attribute) const {
    const std::string_view text = element.attribute(attribute);
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size()) {
      refuse("a brain model's " + std::string(attribute) + " is \"" + std::string(text) + '"');
    }
    return value;
  }

  void read_model(const XmlElement& element) {
    const std::string name(element.attribute("BrainStructure"));
    const std::uint64_t first = number(element, "IndexOffset");
    const std::uint64_t count = number(element, "IndexCount");
    if (!fits(first, count, size_)) {
      refuse(name + " has indices " + std::to_string(first) + " + " + std::to_string(count) +
             ", the dimension has " + std::to_string(size_));
    }
    const auto structure = std::find_if(structures().begin(), structures().end(),
                                        [&](const Structure& known) { return known.name == name; });
    const bool surface = element.attribute("ModelType") == "CIFTI_MODEL_TYPE_SURFACE";
    if (structure == structures().end() || structure->surface != surface) {
      refuse("has a model of " + name + " that is not in the 91k space of the HCP",
             "Give grayordinates of that space, or the cortex on fsLR 32k only.");
    }
    if (surface) {
      read_surface(element, *structure, first, count);
    } else {
      read_volume(element, *structure, first, count);
    }
  }

  // The numbers of a child element, which must be `expected`.
  std::vector<std::uint32_t> indices(const XmlElement& element, std::string_view child,
                                     std::uint64_t expected) const {
    const XmlElement* const list = element.child(child);
    auto numbers =
        list == nullptr ? std::nullopt : number_list<std::uint32_t>(list->text, expected);
    if (!numbers || numbers->size() != expected) {
      refuse(std::string(element.attribute("BrainStructure")) + ": its " + std::string(child) +
             " are not " + std::to_string(expected) + " numbers");
    }
    return *std::move(numbers);
  }

  void read_surface(const XmlElement& element, const Structure& structure, std::uint64_t first,
                    std::uint64_t count) {
    const std::uint64_t mesh = number(element, "SurfaceNumberOfVertices");
    if (mesh != static_cast<std::uint64_t>(kMeshVertices)) {
      refuse(std::string(structure.name) + " is on a mesh of " + grouped(mesh) +
                 " vertices, expected 32,492 (fsLR 32k)",
             "Resample it with wb_command -cifti-resample.");
    }
    const auto side = structure.first == 0 ? Hemisphere::kLeft : Hemisphere::kRight;
    const std::vector<std::int32_t> table = grayordinates_of_mesh(side, structure.first);
    const std::vector<std::uint32_t> vertices = indices(element, "VertexIndices", count);
    for (std::size_t i = 0; i < vertices.size(); ++i) {
      if (vertices[i] >= table.size()) {
        refuse(std::string(structure.name) + " has vertex " + std::to_string(vertices[i]) +
               " of a mesh of 32,492");
      }
      add(table[vertices[i]], first + i);
    }
  }

  void read_volume(const XmlElement& element, const Structure& structure, std::uint64_t first,
                   std::uint64_t count) {
    check_volume();
    const std::vector<std::uint32_t> numbers = indices(element, "VoxelIndicesIJK", 3 * count);
    const auto begin = voxels().begin() + (structure.first - kCortex);
    const auto end = begin + structure.count;
    const auto earlier = [](const auto& a, const auto& b) {  // i runs fastest
      return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    };
    for (std::size_t v = 0; v < count; ++v) {
      const std::array<std::uint32_t, 3> voxel = {numbers[3 * v], numbers[3 * v + 1],
                                                  numbers[3 * v + 2]};
      const auto found = std::lower_bound(begin, end, voxel, earlier);
      if (found == end || !std::equal(voxel.begin(), voxel.end(), found->begin())) {
        refuse("voxel " + std::to_string(voxel[0]) + ' ' + std::to_string(voxel[1]) + ' ' +
                   std::to_string(voxel[2]) + " is not one of " + std::string(structure.name) +
                   " in the 91k space of the HCP",
               "Map it there with wb_command -cifti-create-dense-from-template.");
      }
      add(structure.first + static_cast<std::int32_t>(found - begin), first + v);
    }
  }

  // Once: the volume is that of the 91k space.
  void check_volume() {
    if (std::exchange(volume_checked_, true)) return;
    const XmlElement* const volume = map_.child("Volume");
    if (volume == nullptr) refuse("has voxels and no Volume that places them");
    const auto size = number_list<std::int32_t>(volume->attribute("VolumeDimensions"), 3);
    const XmlElement* const matrix = volume->child("TransformationMatrixVoxelIndicesIJKtoXYZ");
    const auto place = matrix == nullptr ? std::nullopt : number_list<double>(matrix->text, 16);
    static constexpr std::array<double, 16> kPlace = {-2, 0, 0, 90,  0, 2, 0, -126,
                                                      0,  0, 2, -72, 0, 0, 0, 1};
    const bool same_size =
        size && std::equal(size->begin(), size->end(), kVolume.begin(), kVolume.end());
    bool same_place = place && place->size() == kPlace.size();
    if (same_place) {
      const std::string_view exponent = matrix->attribute("MeterExponent");
      const double scale = exponent == "0" ? 1000.0 : 1.0;  // metres; otherwise millimetres
      same_place = exponent == "0" || exponent == "-3";
      for (std::size_t i = 0; same_place && i < kPlace.size(); ++i) {
        const double millimetres = i < 12 ? (*place)[i] * scale : (*place)[i];
        same_place = std::abs(millimetres - kPlace[i]) < 1e-3;
      }
    }
    if (!same_size || !same_place) {
      refuse("its volume is not the 91 x 109 x 91 one of the HCP's 91k space",
             "Resample it with wb_command -cifti-resample, or give the cortex only.");
    }
  }

  void add(std::int32_t grayordinate, std::uint64_t index) {
    if (grayordinate == kNone) return;
    if (entries_.size() == static_cast<std::size_t>(kGrayordinates)) {
      refuse("more grayordinates than the 91k space has");
    }
    entries_.push_back({grayordinate, static_cast<std::uint32_t>(index)});
  }

  const XmlElement& map_;
  std::uint64_t size_;
  const std::string& source_;
  std::vector<Entry> entries_;
  bool volume_checked_ = false;
};

// Names of the maps along a dimension of dense scalars or of a series.
std::vector<std::string> map_names(const XmlElement& map, std::uint64_t size,
                                   const std::string& source) {
  std::vector<std::string> names;
  const std::string_view kind = map.attribute("IndicesMapToDataType");
  if (size > kMostMaps) {
    throw Error(ErrorCode::kUsage, source + ": has more than 1,000,000 maps");
  }
  if (kind == "CIFTI_INDEX_TYPE_SERIES") {
    names.reserve(size);
    for (std::uint64_t i = 0; i < size; ++i) names.push_back("#" + std::to_string(i));
    return names;
  }
  if (kind != "CIFTI_INDEX_TYPE_SCALARS") {
    throw Error(ErrorCode::kUsage, source + ": its maps are of type " + std::string(kind),
                "Give dense scalars (.dscalar.nii) or a dense series (.dtseries.nii).");
  }
  for (const XmlElement& element : map.children) {
    if (element.name != "NamedMap") continue;
    const XmlElement* const name = element.child("MapName");
    names.push_back(name == nullptr ? "" : name->text);
  }
  if (names.size() != size) {
    throw Error(ErrorCode::kUsage, source + ": names " + std::to_string(names.size()) +
                                       " maps, the matrix has " + std::to_string(size));
  }
  return names;
}

}  // namespace

CiftiMatrix read_cifti_matrix(const XmlElement& xml, std::uint64_t size0, std::uint64_t size1,
                              const std::string& source) {
  const auto refuse = [&](const std::string& what, const std::string& hint = {}) {
    throw Error(ErrorCode::kUsage, source + ": " + what, hint);
  };
  if (xml.name != "CIFTI") refuse("its XML is <" + xml.name + ">, expected <CIFTI>");
  const std::string_view version = xml.attribute("Version");
  if (version != "2" && version != "2.0") {
    refuse("is of CIFTI version \"" + std::string(version) + "\", expected 2",
           "Convert it: wb_command -file-convert -cifti-version-convert IN 2 OUT.");
  }
  const XmlElement* const matrix = xml.child("Matrix");
  const XmlElement* along[2] = {nullptr, nullptr};
  static const std::vector<XmlElement> kNothing;
  for (const XmlElement& map : matrix == nullptr ? kNothing : matrix->children) {
    if (map.name != "MatrixIndicesMap") continue;
    const auto applies = number_list<std::uint32_t>(map.attribute("AppliesToMatrixDimension"), 2);
    for (const std::uint32_t dimension : applies.value_or(std::vector<std::uint32_t>{})) {
      if (dimension < 2) along[dimension] = &map;
    }
  }
  if (along[0] == nullptr || along[1] == nullptr) refuse("does not say what both dimensions are");
  const auto is_brain = [&](int d) {
    return along[d]->attribute("IndicesMapToDataType") == "CIFTI_INDEX_TYPE_BRAIN_MODELS";
  };
  if (is_brain(0) == is_brain(1)) {
    refuse(is_brain(0) ? "is a dense connectome" : "has no dense (brain models) dimension",
           "Give dense scalars (.dscalar.nii) or a dense series (.dtseries.nii).");
  }
  CiftiMatrix result;
  result.maps_first = is_brain(1);
  const int maps = result.maps_first ? 0 : 1;
  const std::uint64_t sizes[2] = {size0, size1};
  result.names = map_names(*along[maps], sizes[maps], source);
  const std::vector<Entry> entries = BrainModels(*along[1 - maps], sizes[1 - maps], source).read();
  result.grayordinates.reserve(entries.size());
  result.indices.reserve(entries.size());
  for (const Entry& entry : entries) {
    result.grayordinates.push_back(entry.grayordinate);
    result.indices.push_back(entry.index);
  }
  return result;
}

}  // namespace corticast
