// Surfaces from GIFTI files of the HCP's names into the program's own file and back, and what is
// refused on the way.
#include "engine/surface/surface.h"

#include <span>

#include "engine/base/error.h"
#include "engine/maps/binary_text.h"
#include "engine/maps/write_maps.h"
#include "engine/surface/surface_file.h"
#include "tests/support/catch.h"
#include "tests/support/synthetic_surfaces.h"
#include "tests/support/temporary.h"
#include "tests/support/variable.h"

using namespace corticast;
using namespace corticast::test;

namespace {

template <typename T>
std::string array(const std::string& intent, const std::string& type,
                  const std::vector<T>& values) {
  return "<DataArray Intent='NIFTI_INTENT_" + intent + "' DataType='NIFTI_TYPE_" + type +
         "' ArrayIndexingOrder='RowMajorOrder' Dimensionality='2' Dim0='" +
         std::to_string(values.size() / 3) +
         "' Dim1='3' Encoding='Base64Binary' Endian='LittleEndian'><Data>" +
         base64(std::as_bytes(std::span(values))) + "</Data></DataArray>";
}

void write_gifti(const std::filesystem::path& file, const Surface& surface) {
  write_text(file, "<?xml version='1.0'?><GIFTI Version='1.0'>" +
                       array("POINTSET", "FLOAT32", surface.positions) +
                       array("TRIANGLE", "INT32", surface.triangles) + "</GIFTI>");
}

const char* side_of(Hemisphere side) {
  return side == Hemisphere::kLeft ? "L" : "R";
}

// "inflated" for both sides as the HCP names it, one side of "pial", and sulcal depth: the number
// of the grayordinate.
struct Source {
  Source() {
    std::filesystem::create_directories(folder / "deep/er");
    for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
      write_gifti(at(std::string("S1200.") + side_of(side) + ".inflated_MSMAll"),
                  synthetic_surface("inflated", side));
    }
    write_gifti(at("S1200.L.pial_MSMAll"), synthetic_surface("pial", Hemisphere::kLeft));
    std::vector<float> depth;
    std::vector<std::int32_t> places;
    for (std::int32_t g = 0; g < 59412; ++g) {
      places.push_back(g);
      depth.push_back(static_cast<float>(g));
    }
    MapWriteOptions options;
    options.cortex_only = true;
    write_maps(MemoryMaps({"sulc"}, places.size(), places, depth), MapFormat::kCifti,
               folder / "deep/er/S1200.sulc_MSMAll.32k_fs_LR.dscalar.nii", options);
  }
  std::filesystem::path at(const std::string& stem) const {
    return folder / ("deep/er/" + stem + ".32k_fs_LR.surf.gii");
  }

  TemporaryFolder folder;
};

template <typename Work>
void check_refused(const Work& work, const std::string& why) {
  try {
    work();
    FAIL("not refused: " << why);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kUsage);
    CHECK_THAT(error.what(), contains(why));
  }
}

}  // namespace

TEST_CASE("what is imported is read back where it lies by default") {
  const Source source;
  const Variable data("XDG_DATA_HOME", (source.folder / "data").c_str());
  check_refused([] { SurfaceSet::open(); }, "no surfaces to draw on");
  const ImportReport report = import_surfaces(source.folder.path());
  CHECK(report.file == source.folder / "data/corticast/fslr32k.surfaces");
  CHECK(report.names == std::vector<std::string>{"inflated"});  // pial has one side only
  CHECK(report.sulc);
  const SurfaceSet set = SurfaceSet::open();
  CHECK(set.names() == report.names);
  for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
    const Surface expected = synthetic_surface("inflated", side);
    CHECK(set.surface("inflated", side).positions == expected.positions);
    CHECK(set.surface("inflated", side).triangles == expected.triangles);
    const std::vector<std::int32_t>& vertices = mesh_vertices(side);
    const float first = side == Hemisphere::kLeft ? 0 : 29696;
    REQUIRE(set.sulc(side).size() == static_cast<std::size_t>(kMeshVertices));
    CHECK(set.sulc(side)[static_cast<std::size_t>(vertices.front())] == first);
    CHECK(set.sulc(side)[static_cast<std::size_t>(vertices[1000])] == first + 1000);
  }
  check_refused([&] { (void)set.surface("pial", Hemisphere::kLeft); }, "no surface 'pial'");
}

TEST_CASE("sources without a usable surface are refused") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "x.L.white.32k_fs_LR.surf.gii";
  const auto import = [&] { import_surfaces(folder.path(), folder / "out"); };
  check_refused([&] { import_surfaces(folder / "nowhere", folder / "out"); }, "cannot be read");
  check_refused(import, "no fsLR 32k surface of both hemispheres");
  Surface surface = synthetic_surface("white", Hemisphere::kLeft);
  write_gifti(folder / "x.R.white.32k_fs_LR.surf.gii", surface);
  check_refused(import, "both hemispheres among 1 file");
  const auto refused_with = [&](const Surface& bad, const std::string& why) {
    write_gifti(file, bad);
    check_refused(import, why);
  };
  Surface bad = surface;
  bad.positions.resize(3 * 100);
  refused_with(bad, "100 vertices, expected 32,492");
  bad = surface;
  bad.positions[5] = std::nanf("");
  refused_with(bad, "without a position");
  bad = surface;
  bad.triangles[7] = kMeshVertices;
  refused_with(bad, "a vertex that is not there");
  bad.triangles[7] = -1;
  refused_with(bad, "a vertex that is not there");
  bad.triangles.clear();
  refused_with(bad, "no triangles");
  write_text(file, "no GIFTI");
  check_refused(import, file.string());
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_CASE("damaged files of surfaces are refused") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "s";
  const auto refused = [&](const std::string& why) {
    check_refused([&] { SurfaceSet::open(path); }, why);
  };
  SurfaceSet set;
  set.surfaces.push_back(synthetic_surface("white", Hemisphere::kLeft));
  write_surface_file(set, path);
  refused("white has one hemisphere only");
  set.surfaces.push_back(synthetic_surface("white", Hemisphere::kRight));
  set.sulci[0].resize(static_cast<std::size_t>(kMeshVertices));
  write_surface_file(set, path);
  refused("sulcal depth has 0 values");
  set.sulci[1].resize(7);
  write_surface_file(set, path);
  refused("sulcal depth has 7 values");
  set.sulci = {};
  write_surface_file(set, path);
  CHECK(SurfaceSet::open(path).sulc(Hemisphere::kRight).empty());
  const std::string good = read_text(path);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{200}, good.size() - 4}) {
    write_text(path, good.substr(0, size));
    refused("not a usable file of surfaces");
  }
  std::string other = good;
  other.replace(other.find("corticast-surfaces"), 18, "corticast-surfacez");
  write_text(path, other);
  refused("another kind of file");
  check_refused([&] { SurfaceSet::open(folder / "nowhere"); }, "nowhere");
}
