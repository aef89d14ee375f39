// GIFTI: round trips through files, every encoding, and files that must be refused; names of files
// and of maps; the sidecar.
#include "engine/maps/gifti.h"

#include <algorithm>
#include <cstring>

#include "engine/atlas/vertices.h"
#include "engine/base/json.h"
#include "engine/maps/binary_text.h"
#include "engine/maps/file_names.h"
#include "engine/maps/map_names.h"
#include "engine/maps/mesh.h"
#include "engine/maps/read_maps.h"
#include "engine/maps/write_maps.h"
#include "engine/maps/xml.h"
#include "tests/maps/examples.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::string array(const std::string& attributes, const std::string& data) {
  return "<?xml version='1.0'?><!DOCTYPE GIFTI SYSTEM \"gifti.dtd\"><GIFTI Version='1.0'>"
         "<DataArray Intent='NIFTI_INTENT_POINTSET' " +
         attributes +
         "><MetaData><MD><Name>k</Name>"
         "<Value><![CDATA[a<b]]></Value></MD></MetaData><Data>" +
         data + "</Data></DataArray></GIFTI>";
}

const std::string kShape = "Dimensionality='2' Dim0='2' Dim1='3' ";
const std::string kRows = kShape + "ArrayIndexingOrder='RowMajorOrder' Endian='LittleEndian' ";
const std::vector<double> kSix = {1, 2, 3, 4, 5, 6};

template <typename T>
std::string packed(const std::vector<T>& values) {
  return base64(std::as_bytes(std::span(values)));
}

std::vector<double> values_of(const std::string& file) {
  return parse_gifti(file, "x").arrays.at(0).values;
}

void check_refused(const std::string& file, const std::string& message) {
  CHECK_THROWS_WITH(parse_gifti(file, "x.gii"), contains(message));
}

}  // namespace

TEST_CASE("GIFTI arrays of every encoding and order are read") {
  const std::string ascii = "DataType='NIFTI_TYPE_FLOAT32' Encoding='ASCII' ";
  CHECK(values_of(array(kRows + ascii, "1 2\n3 4e0 +5 6.0")) == kSix);
  CHECK(values_of(array(kShape + ascii + "ArrayIndexingOrder='ColumnMajorOrder'", "1 4 2 5 3 6")) ==
        kSix);
  const std::vector<float> floats = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> ints = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint8_t> bytes = {1, 2, 3, 4, 5, 6};
  const std::string plain = kRows + "Encoding='Base64Binary' ";
  CHECK(values_of(array(plain + "DataType='NIFTI_TYPE_FLOAT32'", packed(floats))) == kSix);
  CHECK(values_of(array(plain + "DataType='NIFTI_TYPE_INT32'", packed(ints))) == kSix);
  CHECK(values_of(array(plain + "DataType='NIFTI_TYPE_UINT8'", packed(bytes))) == kSix);
  const std::string zipped = base64(deflated(std::as_bytes(std::span(ints))));
  const GiftiFile file = parse_gifti(
      array(kRows + "Encoding='GZipBase64Binary' DataType='NIFTI_TYPE_INT32'", zipped), "x");
  CHECK(file.arrays.at(0).values == kSix);
  CHECK(file.arrays.at(0).shape == std::vector<std::uint64_t>{2, 3});
  CHECK(file.arrays.at(0).meta.at("k") == "a<b");
  std::vector<std::int32_t> swapped = ints;
  for (std::int32_t& value : swapped)
    value = static_cast<std::int32_t>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  CHECK(values_of(array(kShape + "ArrayIndexingOrder='RowMajorOrder' Endian='BigEndian' "
                                 "Encoding='Base64Binary' DataType='NIFTI_TYPE_INT32'",
                        packed(swapped))) == kSix);
}

TEST_CASE("GIFTI files that are damaged or promise more than they hold are refused") {
  const std::string ascii = kRows + "DataType='NIFTI_TYPE_FLOAT32' Encoding='ASCII'";
  check_refused(array(ascii, "1 2 3 4 5"), "not the 6 values");
  check_refused(array(ascii, "1 2 3 4 5 6 7"), "not the 6 values");
  check_refused(array(ascii, "1 2 3 4 5 six"), "no number");
  check_refused("<GIFTI>", "well-formed");
  check_refused("<svg/>", "<svg>, expected <GIFTI>");
  check_refused("<!DOCTYPE a [<!ENTITY b 'c'>]><GIFTI/>", "declares an XML entity");
  std::string deep = "<GIFTI>";
  for (int i = 0; i < 40; ++i) deep += "<a>";
  check_refused(deep, "nest deeper than 32");
  const std::string gzip =
      "Endian='LittleEndian' DataType='NIFTI_TYPE_FLOAT32' "
      "ArrayIndexingOrder='RowMajorOrder' Encoding='GZipBase64Binary' ";
  const std::string zipped = base64(deflated(std::as_bytes(std::span(kSix))));
  check_refused(array(gzip + "Dimensionality='1' Dim0='7'", zipped), "are not 7");
  check_refused(array(gzip + "Dimensionality='1' Dim0='1000000000'", zipped), "are not 1000000000");
  check_refused(array(gzip + "Dimensionality='2' Dim0='4294967296' Dim1='4294967296'", zipped),
                "too many values");
  check_refused(array(gzip + "Dimensionality='1' Dim0='-1'", zipped), "expected a number");
  check_refused(array(gzip + "Dimensionality='1' Dim0='12'", "!!!!"), "not base64");
  check_refused(array("Dimensionality='1' Dim0='1' DataType='NIFTI_TYPE_FLOAT32' "
                      "Encoding='ExternalFileBinary'",
                      ""),
                "in another file");
}

TEST_CASE("base64 of every length") {
  std::vector<std::byte> bytes;
  std::vector<std::byte> again;
  for (int size = 0; size < 70; ++size) {
    REQUIRE(decode_base64(base64(bytes), again));
    CHECK(again == bytes);
    bytes.push_back(static_cast<std::byte>(size * 37 + 5));
  }
  for (const char* bad : {"A", "A===", "AB=C", "AAA=A", "====", "AA=", "A*AA"}) {
    CHECK_FALSE(decode_base64(bad, again));
  }
}

TEST_CASE(
    "GIFTI round trips keep every cortical value in a file for each hemisphere that has one") {
  const TemporaryFolder folder;
  const MemoryMaps maps = example_maps({"x/y ü", "", "x/y ü"}, vertex_list(VertexSet::kVisual));
  MapWriteOptions options;
  options.fill = 0;
  const auto files = write_maps(maps, MapFormat::kGifti, folder / "a.func.gii", options);
  REQUIRE(files.size() == 2);
  CHECK(files[0].filename() == "a_hemi-L.func.gii");
  CHECK(files[1].filename() == "a_hemi-R.func.gii");
  const std::vector<std::int32_t>& visual = maps.grayordinates();
  for (std::size_t side = 0; side < 2; ++side) {
    const auto again = read_maps(files[side]);
    CHECK(again->names() == maps.names());
    REQUIRE(again->grayordinates() ==
            (side == 0 ? range_of(0, kLeftCortex) : range_of(kLeftCortex, kCortex)));
    const std::vector<float> values = all_values(*again);
    std::size_t wrong = 0;
    for (std::size_t map = 0; map < 3; ++map) {
      for (std::size_t c = 0; c < again->columns(); ++c) {
        const std::int32_t g = again->grayordinates()[c];
        const bool there = std::binary_search(visual.begin(), visual.end(), g);
        wrong += values[map * again->columns() + c] != (there ? value_at(map, g) : 0.0f);
      }
    }
    CHECK(wrong == 0);
  }
  const GiftiFile left = read_gifti(files[0]);
  CHECK(left.meta.at("AnatomicalStructurePrimary") == "CortexLeft");
  CHECK(left.arrays.at(0).intent == "NIFTI_INTENT_NORMAL");
  CHECK(left.arrays.at(0).values.size() == static_cast<std::size_t>(kMeshVertices));

  options.maps_per_file = 2;
  const auto one = write_maps(example_maps({"a", "b", "c"}, {30000}), MapFormat::kGifti,
                              folder / "sub-1_space-fsLR_den-32k_desc-x.func.gii", options);
  REQUIRE(one.size() == 2);
  CHECK(one[1].filename() == "sub-1_hemi-R_space-fsLR_den-32k_desc-x_maps-0002.func.gii");
  CHECK_THROWS_WITH(
      write_maps(example_maps({"a"}, {60000}), MapFormat::kGifti, folder / "b.func.gii", {}),
      contains("no cortical column"));
}

TEST_CASE("surfaces and labels and other meshes and files without a hemisphere are no maps") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& text, const std::string& message) {
    write_text(folder / "a.gii", text);
    CHECK_THROWS_WITH(read_maps(folder / "a.gii"), contains(message));
  };
  std::string file = array(kRows + "DataType='NIFTI_TYPE_FLOAT32' Encoding='ASCII'", "1 2 3 4 5 6");
  refused(file, "AnatomicalStructurePrimary is \"\"");
  file.replace(
      file.find("<DataArray"), 0,
      "<MetaData><MD><Name>AnatomicalStructurePrimary</Name><Value>CortexRight</Value></MD>"
      "</MetaData>");
  refused(file, "holds a surface or labels");
  file.replace(file.find("POINTSET"), 8, "NONE");
  refused(file, "6 values, expected 32,492");
  refused("", "is empty");
  refused("\x1f\x8b rest", "is compressed");
  refused("hello", "is none of the files");
}

TEST_CASE("names that files cannot hold are made harmless and said") {
  CHECK(harmless_name("a b/ü€😀&<") == "a b/ü€😀&<");
  CHECK(harmless_name("a\x01\n\xff\xc3") == "a%01%0A%FF%C3");
  CHECK(harmless_name("\xEF\xBF\xBF\xC2\x85\x7F") == "%EF%BF%BF%C2%85%7F");
  std::vector<std::string> notes;
  CHECK(harmless_names({"ok", "\t", "ok"}, &notes).at(1) == "%09");
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], contains("1 map name holds"));
  CHECK(harmless_names({"ok"}, &notes).size() == 1);
  CHECK(notes.size() == 1);
}

TEST_CASE("file names split where formats end") {
  CHECK(sidecar_name("d/a.b.dscalar.nii") == "d/a.b.dscalar.nii.json");
  CHECK(sidecar_name("d/sub-1_space-fsLR_x.FUNC.GII") == "d/sub-1_space-fsLR_x.json");
  CHECK(sidecar_name(".npy") == ".npy.json");
  CHECK(map_file_name("x.func.gii", "L", 12) == "x_hemi-L_maps-0012.func.gii");
  MapFormat format{};
  CHECK(map_format_of("a.dscalar.nii", format));
  CHECK(format == MapFormat::kCifti);
  CHECK(map_format_of("a.Func.gii", format));
  CHECK_FALSE(map_format_of("a.nii", format));
  CHECK_FALSE(map_format_of("dscalar.nii", format));
}

TEST_CASE("the sidecar tells what the files do not") {
  const TemporaryFolder folder;
  MapWriteOptions options;
  options.provenance = "{\"model\":\"m\"}";
  write_maps(example_maps({"a\xff", "b"}, {3, 9}), MapFormat::kNpy, folder / "a.npy", options);
  const Json json = parse_json(read_text(folder / "a.npy.json"));
  CHECK(json.at("model").text() == "m");
  CHECK(json.at("maps").elements().at(1).text() == "b");
  CHECK(json.at("grayordinates").elements().at(1).get<unsigned>() == 9);
  CHECK(json.at("files").elements().at(0).text() == "a.npy");
  options.replace = false;
  CHECK_THROWS_WITH(
      write_maps(example_maps({"a"}, {3}), MapFormat::kNpy, folder / "a.npy", options),
      contains("exists"));
  const MemoryMaps numbered({"a"}, 1, {}, {1.0f});
  CHECK_THROWS_WITH(write_maps(numbered, MapFormat::kCifti, folder / "b.dscalar.nii", {}),
                    contains("are not vertices"));
  CHECK_THROWS_WITH(write_maps(MemoryMaps({}, 1, {0}, {}), MapFormat::kNpy, folder / "b.npy", {}),
                    contains("no maps"));
}
