// CIFTI-2: bytes of the head, round trips of awkward selections, and files that other programs
// would write: big-endian, scaled, dense along the other dimension, parts of the brain.
#include <algorithm>
#include <cstring>

#include "engine/atlas/vertices.h"
#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/maps/cifti_xml.h"
#include "engine/maps/mesh.h"
#include "engine/maps/nifti2.h"
#include "engine/maps/read_maps.h"
#include "engine/maps/write_maps.h"
#include "tests/maps/examples.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::string kScalars =
    "<MatrixIndicesMap AppliesToMatrixDimension=\"0\" "
    "IndicesMapToDataType=\"CIFTI_INDEX_TYPE_SCALARS\"><NamedMap><MapName>a</MapName></NamedMap>"
    "<NamedMap><MapName>b &amp; c</MapName></NamedMap></MatrixIndicesMap>";
const std::string kVolume2mm =
    "<Volume VolumeDimensions=\"91,109,91\"><TransformationMatrixVoxelIndicesIJKtoXYZ "
    "MeterExponent=\"-3\">-2 0 0 90 0 2 0 -126 0 0 2 -72 0 0 0 1"
    "</TransformationMatrixVoxelIndicesIJKtoXYZ></Volume>";

std::string surface_model(const std::string& side, int offset, const std::string& vertices,
                          int count, int mesh = 32492) {
  return "<BrainModel IndexOffset=\"" + std::to_string(offset) + "\" IndexCount=\"" +
         std::to_string(count) + "\" ModelType=\"CIFTI_MODEL_TYPE_SURFACE\" BrainStructure=\"" +
         "CIFTI_STRUCTURE_CORTEX_" + side + "\" SurfaceNumberOfVertices=\"" + std::to_string(mesh) +
         "\"><VertexIndices>" + vertices + "</VertexIndices></BrainModel>";
}

std::string brain(const std::string& models, const std::string& dimension = "1") {
  return "<MatrixIndicesMap AppliesToMatrixDimension=\"" + dimension +
         "\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_BRAIN_MODELS\">" + models +
         "</MatrixIndicesMap>";
}

// A file of two maps whose three grayordinates have the values 0 .. 5 in file order.
std::string small_file(const std::string& maps, const std::string& version = "2") {
  std::string bytes = make_cifti_head(
      2, 3, "<CIFTI Version=\"" + version + "\"><Matrix>" + maps + "</Matrix></CIFTI>");
  for (const float value : {0.f, 1.f, 2.f, 3.f, 4.f, 5.f}) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return bytes;
}

// Vertices 0 and 5 of the left mesh and one of the medial wall between them.
std::string left_models() {
  return surface_model("LEFT", 0, "0 7 5", 3);
}

std::unique_ptr<Maps> read_bytes(const TemporaryFolder& folder, const std::string& bytes) {
  write_text(folder / "in.dscalar.nii", bytes);
  return read_maps(folder / "in.dscalar.nii");
}

void check_refused(const TemporaryFolder& folder, const std::string& bytes,
                   const std::string& message) {
  CHECK_THROWS_WITH(read_bytes(folder, bytes), contains(message));
}

}  // namespace

TEST_CASE("the head of a CIFTI file has these bytes") {
  const std::string head = make_cifti_head(3, 59412, "<CIFTI/>");
  CHECK(head.size() == 560);
  CHECK(sha256_hex(as_byte_span(head)) ==
        "1290421e211c8f834c4eb539cd6ed94c947ee87e5e0bcf45fed95cffe4679a34");
  const std::string xml = make_cifti_xml({"a", "b/ü <&>.png"}, true);
  CHECK(sha256_hex(as_byte_span(xml)) ==
        "698de3b0cec49025de18db79106e3c6007c5d34834b9a2f13639c970aa2c10e5");
  CHECK_THAT(xml, contains("<MapName>b/ü &lt;&amp;&gt;.png</MapName>"));
}

TEST_CASE("CIFTI round trips keep every value and say NaN elsewhere") {
  const TemporaryFolder folder;
  const std::vector<std::int32_t> visual = vertex_list(VertexSet::kVisual);
  for (const auto& grayordinates :
       {visual, std::vector<std::int32_t>{41000}, range_of(0, kGrayordinates),
        range_of(17, kGrayordinates, 97)}) {
    for (const bool cortex_only : {false, true}) {
      const MemoryMaps maps = example_maps({"x", "y z", "x"}, grayordinates);
      MapWriteOptions options;
      options.cortex_only = cortex_only;
      options.replace = true;
      REQUIRE(write_maps(maps, MapFormat::kCifti, folder / "a.dscalar.nii", options).size() == 1);
      const auto again = read_maps(folder / "a.dscalar.nii");
      CHECK(again->names() == maps.names());
      const std::int32_t rows = cortex_only ? kCortex : kGrayordinates;
      REQUIRE(again->grayordinates() == range_of(0, rows));
      const std::vector<float> values = all_values(*again);
      std::size_t wrong = 0;
      for (std::int32_t g = 0; g < rows; ++g) {
        const bool there = std::binary_search(grayordinates.begin(), grayordinates.end(), g);
        for (std::size_t map = 0; map < 3; ++map) {
          const float value =
              values[map * static_cast<std::size_t>(rows) + static_cast<std::size_t>(g)];
          wrong += there ? value != value_at(map, g) : !std::isnan(value);
        }
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("fill is what the maps have not but a map without any number stays so") {
  const TemporaryFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const MemoryMaps maps({"a", "failed"}, 3, {0, 1, 40000}, {1, nan, 2, nan, nan, nan});
  MapWriteOptions options;
  options.fill = 0;
  options.cortex_only = true;
  write_maps(maps, MapFormat::kCifti, folder / "a.dscalar.nii", options);
  std::vector<float> values = all_values(*read_maps(folder / "a.dscalar.nii"));
  CHECK(values[0] == 1);
  CHECK(values[1] == 0);
  CHECK(values[40000] == 2);
  CHECK(std::count_if(values.begin(), values.end(), [](float v) { return std::isnan(v); }) == 3);
}

TEST_CASE("more maps than a file holds go to further files") {
  const TemporaryFolder folder;
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) names.push_back("image " + std::to_string(i));
  const MemoryMaps maps = example_maps(names, {5, 59000});
  MapWriteOptions options;
  options.cortex_only = true;
  options.maps_per_file = 3;
  const auto files = write_maps(maps, MapFormat::kCifti, folder / "a.b.dscalar.nii", options);
  REQUIRE(files.size() == 3);
  CHECK(files[0].filename() == "a.b_maps-0001.dscalar.nii");
  const auto last = read_maps(files[2]);
  CHECK(last->names() == std::vector<std::string>{"image 6"});
  CHECK(all_values(*last)[59000] == value_at(6, 59000));
  CHECK_THROWS_WITH(write_maps(maps, MapFormat::kCifti, folder / "a.b.dscalar.nii", options),
                    contains("a.b_maps-0001.dscalar.nii: exists"));
}

TEST_CASE("parts of the brain in any order are read without the medial wall") {
  const TemporaryFolder folder;
  const auto maps = read_bytes(folder, small_file(kScalars + brain(left_models())));
  CHECK(maps->names() == std::vector<std::string>{"a", "b & c"});
  CHECK(maps->grayordinates() == std::vector<std::int32_t>{0, 5});
  CHECK(all_values(*maps) == std::vector<float>{0, 4, 1, 5});

  const std::string voxels = kVolume2mm + surface_model("RIGHT", 1, "1", 1) +
                             "<BrainModel IndexOffset=\"0\" IndexCount=\"1\" "
                             "ModelType=\"CIFTI_MODEL_TYPE_VOXELS\" "
                             "BrainStructure=\"CIFTI_STRUCTURE_ACCUMBENS_LEFT\"><VoxelIndicesIJK>"
                             "49 66 28</VoxelIndicesIJK></BrainModel>" +
                             surface_model("LEFT", 2, "2", 1);
  const auto parts = read_bytes(folder, small_file(kScalars + brain(voxels)));
  CHECK(parts->grayordinates() == std::vector<std::int32_t>{2, 29697, kCortex});
  CHECK(all_values(*parts) == std::vector<float>{4, 2, 0, 5, 3, 1});
}

TEST_CASE("series and matrices that are transposed or scaled or big-endian are read") {
  const TemporaryFolder folder;
  std::string series = kScalars;
  series.replace(series.find("SCALARS"), 7, "SERIES");
  CHECK(read_bytes(folder, small_file(series + brain(left_models())))->names() ==
        std::vector<std::string>{"#0", "#1"});

  std::string other = kScalars;
  other.replace(other.find("\"0\""), 3, "\"1\"");
  std::string bytes = small_file(other + brain(left_models(), "0"));
  const std::int64_t sizes[2] = {3, 2};
  std::memcpy(bytes.data() + 56, sizes, sizeof(sizes));
  const std::vector<float> expected = {0, 2, 3, 5};
  CHECK(all_values(*read_bytes(folder, bytes)) == expected);

  const double scale[2] = {2, 10};
  std::memcpy(bytes.data() + 176, scale, sizeof(scale));
  CHECK(all_values(*read_bytes(folder, bytes)) == std::vector<float>{10, 14, 16, 20});
  std::memset(bytes.data() + 176, 0, 8);  // a slope of 0: not scaled
  CHECK(all_values(*read_bytes(folder, bytes)) == expected);

  const auto swap = [&](std::size_t at, std::size_t size, std::size_t count) {
    for (; count-- > 0; at += size) std::reverse(bytes.data() + at, bytes.data() + at + size);
  };
  swap(0, 4, 1);
  swap(12, 2, 2);
  swap(16, 8, 8);
  swap(168, 8, 3);
  swap(504, 4, 1);
  swap(544, 4, 2);
  swap(bytes.size() - 24, 4, 6);
  CHECK(all_values(*read_bytes(folder, bytes)) == expected);
}

TEST_CASE("CIFTI files that are damaged or of another space are refused") {
  const TemporaryFolder folder;
  const std::string good = small_file(kScalars + brain(left_models()));
  check_refused(folder, good.substr(0, good.size() - 1), "is cut short");
  for (const std::size_t size : {0, 3, 539, 540, 545, 600}) {
    CHECK_THROWS_AS(read_bytes(folder, good.substr(0, size)), Error);
  }
  check_refused(folder, small_file(kScalars + brain(left_models()), "1"), "version \"1\"");
  check_refused(folder, small_file(kScalars), "does not say what both");
  check_refused(folder, small_file(brain(left_models(), "0,1")), "dense connectome");
  check_refused(folder, small_file(kScalars + brain(surface_model("LEFT", 0, "0 1 2", 3, 163842))),
                "163,842 vertices");
  check_refused(folder, small_file(kScalars + brain(surface_model("LEFT", 0, "0 1", 3))),
                "are not 3 numbers");
  check_refused(folder, small_file(kScalars + brain(surface_model("LEFT", 0, "0 1 32492", 3))),
                "has vertex 32492");
  check_refused(folder, small_file(kScalars + brain(surface_model("LEFT", 0, "0 0 2", 3))),
                "given twice");
  check_refused(folder, small_file(kScalars + brain(surface_model("LEFT", 0, "7", 1))),
                "holds no grayordinate");
  check_refused(folder, small_file(kScalars + brain(surface_model("LEFT", 1, "0 1 2", 3))),
                "the dimension has 3");
  std::string voxel = kVolume2mm +
                      "<BrainModel IndexOffset=\"0\" IndexCount=\"1\" "
                      "ModelType=\"CIFTI_MODEL_TYPE_VOXELS\" "
                      "BrainStructure=\"CIFTI_STRUCTURE_ACCUMBENS_LEFT\"><VoxelIndicesIJK>"
                      "0 0 0</VoxelIndicesIJK></BrainModel>";
  check_refused(folder, small_file(kScalars + brain(voxel)), "voxel 0 0 0");
  voxel.replace(voxel.find("90"), 2, "91");
  check_refused(folder, small_file(kScalars + brain(voxel)), "its volume is not");
  std::string bytes = good;
  const std::int64_t many = std::int64_t{1} << 62;
  std::memcpy(bytes.data() + 56, &many, sizeof(many));
  check_refused(folder, bytes, "dimensions");
  check_refused(folder, small_file("<!-- -->&e;"), "well-formed");
}
