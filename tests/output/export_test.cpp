#include "engine/output/export.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/maps/read_maps.h"
#include "engine/output/export_names.h"
#include "engine/output/formats.h"
#include "engine/output/provenance.h"
#include "engine/output/response_maps.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kImages = 5;

RunRecord named_record() {
  RunRecord record = small_record(kImages);
  record.image_names = {"dogs/a.jpg", "cats/a.jpg", "b.jpg", "#1", "100%\xff.jpg"};
  return record;
}

// Row 2 failed.
void write_five(ResponseWriter& writer) {
  std::vector<RowStatus> status(kImages);
  status[2] = {false, "not an image"};
  write_rows(writer, small_request(), 0, status);
}

void make_responses(const std::filesystem::path& path) {
  const auto writer = open_writer(path, named_record(), small_request(), false, nullptr);
  write_five(*writer);
  writer->finish();
}

template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return std::to_string(error.exit_code()) + " " + error.what() + " | " + error.hint();
  }
  return "";
}

std::vector<float> values_of(const Maps& maps) {
  std::vector<float> values(maps.names().size() * maps.columns());
  maps.read({0, maps.names().size()}, values.data());
  return values;
}

// Whether every response of target t is at its grayordinate, NaN in row 2, and `fill` elsewhere.
bool holds_responses(const Maps& maps, std::size_t t, float fill) {
  const std::vector<float> values = values_of(maps);
  const std::vector<std::int32_t> known = small_request().labels.grayordinate;
  for (std::size_t row = 0; row < kImages; ++row) {
    for (std::size_t column = 0; column < maps.columns(); ++column) {
      const float value = values[row * maps.columns() + column];
      const auto at = std::find(known.begin(), known.end(), maps.grayordinates()[column]);
      float expected = fill;
      if (at != known.end()) {
        expected =
            row == 2 ? NAN : response_at(t, row, static_cast<std::size_t>(at - known.begin()));
      }
      if (std::isnan(expected) ? !std::isnan(value) : value != expected) return false;
    }
  }
  return true;
}

Json sidecar(const std::filesystem::path& path) {
  return parse_json(read_text(path));
}

}  // namespace

TEST_CASE("images and subjects of a file are found by a user's words") {
  const TemporaryFolder folder;
  make_responses(folder / "r.h5");
  const ResponseFile file(folder / "r.h5");
  using Rows = std::vector<std::size_t>;
  CHECK(find_images(file, {}) == Rows{0, 1, 2, 3, 4});
  CHECK(find_images(file, {"b.jpg", "dogs/a.jpg", "#4", "#0-1"}) == Rows{2, 0, 4, 0, 1});
  CHECK(find_images(file, {"#1"}) == Rows{3});  // an image of that name
  CHECK_THAT(refusal([&] { find_images(file, {"a.jpg"}); }),
             contains("names 2 images") && contains("#0 (dogs/a.jpg)"));
  CHECK_THAT(refusal([&] { find_images(file, {"bb.jpg"}); }), contains("Did you mean b.jpg"));
  for (const char* word : {"#5", "#3-9", "#3-1", "#", "#x", "", "/"}) {
    CAPTURE(word);
    CHECK(refusal([&] { find_images(file, {word}); }).starts_with("2 image"));
  }
  CHECK(find_target(file, "sub-04_BOLD5000") == 1);
  CHECK(find_target(file, "NaturalScenesDataset:1") == 0);
  CHECK_THAT(refusal([&] { find_target(file, ""); }), contains("NSD-01, BOLD5000-04"));
  CHECK_THAT(refusal([&] { find_target(file, "1"); }), contains("no responses of subject"));

  const auto maps = response_maps(file, 1, {3, 4, 0});
  CHECK(maps->names() == std::vector<std::string>{"#1", "100%\xff.jpg", "dogs/a.jpg"});
  const std::vector<float> values = values_of(*maps);
  CHECK(values[0] == response_at(1, 3, 0));
  CHECK(values[5] == response_at(1, 4, 2));
  CHECK(values[6] == response_at(1, 0, 0));
  CHECK(holds_responses(*open_maps(folder / "r.h5", "NSD-01"), 0, NAN));
}

TEST_CASE("every format holds the responses of each subject in a file of its own") {
  const TemporaryFolder folder;
  make_responses(folder / "r.h5");
  const ResponseFile file(folder / "r.h5");
  ExportOptions options;
  const auto written = [&](MapFormat format, const char* name, float fill) {
    options.format = format;
    options.maps.fill = fill;
    return export_responses(file, folder / name, options);
  };
  const auto cifti = written(MapFormat::kCifti, "c.dscalar.nii", 0);
  REQUIRE(cifti.size() == 2);
  CHECK(cifti[1] == folder / "c_sub-BOLD500004.dscalar.nii");
  CHECK(holds_responses(*read_maps(cifti[0]), 0, 0));
  CHECK(holds_responses(*read_maps(cifti[1]), 1, 0));
  const auto mosaic = written(MapFormat::kMosaic, "m.h5", NAN);
  const auto again = open_maps(mosaic[1], "");
  CHECK(holds_responses(*again, 1, NAN));
  CHECK(again->names() == named_record().image_names);
  const auto gifti = written(MapFormat::kGifti, "g.func.gii", 0);
  REQUIRE(gifti.size() == 4);
  CHECK(gifti[1] == folder / "g_sub-NSD01_hemi-R.func.gii");
  CHECK(values_of(*read_maps(gifti[1])).size() == kImages * 29716);
  const auto npy = written(MapFormat::kNpy, "n.npy", NAN);
  const std::vector<float> values = values_of(*read_maps(npy[0]));
  CHECK(values[4] == response_at(0, 1, 1));
  CHECK(std::isnan(values[7]));

  const Json facts = sidecar(folder / "m_sub-NSD01.h5.json");
  CHECK(facts.at("Subject").text() == "NSD-01");
  CHECK(facts.at("Model").at("Hash").text() == std::string(64, 'a'));
  CHECK(facts.at("Images").elements()[2].at("Error").text() == "not an image");
  CHECK(facts.at("CommandLine").text() == named_record().command_line);
  CHECK(sidecar(folder / "n_sub-NSD01.npy.json").at("grayordinates").size() == 3);

  CHECK(refusal([&] { written(MapFormat::kNpy, "n.npy", 0); }).starts_with("5 "));
  options.targets = {1};
  options.rows = {4, 0};
  options.maps.replace = true;
  CHECK(written(MapFormat::kNpy, "n.npy", 0).front() == folder / "n.npy");
  CHECK(values_of(*read_maps(folder / "n.npy"))[3] == response_at(1, 0, 0));
}

TEST_CASE("a BIDS derivative has BIDS' names and says what made it") {
  const TemporaryFolder folder;
  make_responses(folder / "r.h5");
  ExportOptions options;
  options.bids = true;
  options.format = MapFormat::kGifti;
  options.maps.maps_per_file = 3;
  const auto files = export_responses(ResponseFile(folder / "r.h5"), folder / "d", options);
  REQUIRE(files.size() == 8);
  CHECK(files[0] == folder /
                        "d/sub-NSD01/func/"
                        "sub-NSD01_hemi-L_space-fsLR_den-32k_desc-cnn8pred_statmap_maps-0001"
                        ".func.gii");
  CHECK(std::all_of(files.begin(), files.end(), [](const auto& f) { return exists(f); }));
  const Json description = sidecar(folder / "d/dataset_description.json");
  CHECK(description.at("DatasetType").text() == "derivative");
  CHECK(description.at("GeneratedBy").elements()[0].at("Name").text() == "corticast");
  // A dataset that is there stays the one it is.
  write_text(folder / "d/dataset_description.json", "mine");
  options.format = MapFormat::kCifti;
  options.targets = {0};
  CHECK(export_responses(ResponseFile(folder / "r.h5"), folder / "d", options).size() == 2);
  CHECK(read_text(folder / "d/dataset_description.json") == "mine");
}

TEST_CASE("what is planned is what is written") {
  const TemporaryFolder folder;
  make_responses(folder / "r.h5");
  const ResponseFile file(folder / "r.h5");
  for (const OutputFormat format :
       {OutputFormat::kNpy, OutputFormat::kCifti, OutputFormat::kGifti, OutputFormat::kMosaic}) {
    for (const std::size_t per_file : {2u, 5u}) {
      ExportOptions options;
      options.format = map_format(format);
      options.maps.maps_per_file = per_file;
      options.maps.replace = true;
      const char* name = format == OutputFormat::kNpy     ? "o.npy"
                         : format == OutputFormat::kCifti ? "o.dscalar.nii"
                         : format == OutputFormat::kGifti ? "o.func.gii"
                                                          : "o.h5";
      const auto planned = export_files(file.layout(), kImages, folder / name, options);
      CHECK(export_responses(file, folder / name, options) == planned);
    }
  }
}

TEST_CASE("a hemisphere without a column is not planned") {
  const auto files = [](std::vector<std::int32_t> where) {
    std::vector<std::string> names;
    for (const auto& file : planned_files(MapFormat::kGifti, "o.func.gii", where, 1, 256)) {
      names.push_back(file.string());
    }
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(files({0, 29695}) == Names{"o_hemi-L.func.gii"});
  CHECK(files({29696}) == Names{"o_hemi-R.func.gii"});
  CHECK(files({29695, 59411, 59412}) == Names{"o_hemi-L.func.gii", "o_hemi-R.func.gii"});
  CHECK(files({29695, 59412}) == Names{"o_hemi-L.func.gii"});
}

TEST_CASE("columns that are no vertices go to .npy only") {
  Request request = small_request();
  auto means = std::make_shared<Reduction>();
  means->kind = "roi-mean";
  request.reduction = means;
  CHECK_NOTHROW(check_format_holds(MapFormat::kNpy, request));
  CHECK_THAT(refusal([&] { check_format_holds(MapFormat::kCifti, request); }),
             contains("roi-mean") && contains(".npy"));
  request = small_request();
  request.labels = {};
  CHECK_THAT(refusal([&] { check_format_holds(MapFormat::kMosaic, request); }),
             contains("no atlas"));
}

TEST_CASE("a format follows from the name or the word and both have to agree") {
  CHECK(output_format("a/b.h5", "") == OutputFormat::kHdf5);
  CHECK(output_format("b.hdf5", "mosaic") == OutputFormat::kMosaic);
  CHECK(output_format("b.c.dscalar.nii", "") == OutputFormat::kCifti);
  CHECK(output_format("b.func.gii", "gifti") == OutputFormat::kGifti);
  for (const auto& [name, word] : {std::pair{"b.nii", ""},
                                   {".npy", ""},
                                   {"b", ""},
                                   {"b.h5", "npy"},
                                   {"b.npy", "mosaic"},
                                   {"b.npy", "numpy"}}) {
    CAPTURE(name, word);
    CHECK(refusal([&, n = name, w = word] { output_format(n, w); }).starts_with("2 "));
  }
  CHECK_THAT(refusal([] { parse_fill("zero"); }), contains("neither nan nor 0"));
}

TEST_CASE("maps of an untrained model are known by the sidecar beside them, whatever their marks") {
  const TemporaryFolder folder;
  const auto says = [&](const std::string& sidecar, const std::string& text,
                        const std::string& file) {
    std::ofstream(folder / sidecar) << text;
    return says_untrained(folder / file);
  };
  CHECK(says("a.dscalar.nii.json", R"({"Untrained": true})", "a.dscalar.nii"));
  CHECK(says_untrained(folder / "a_maps-0002.dscalar.nii"));
  CHECK(says("b.func.gii.json", R"({"Model": {"Untrained": true}})", "b_hemi-L.func.gii"));
  CHECK(says_untrained(folder / "b_hemi-R_maps-0001.func.gii"));
  CHECK(says("s_space-fsLR_statmap.json", R"({"Untrained": true})",
             "s_hemi-L_space-fsLR_statmap.func.gii"));
  CHECK_FALSE(says("c.npy.json", R"({"Untrained": false, "Model": {}})", "c.npy"));
  CHECK_FALSE(says("d.npy.json", R"({"Untrained": "yes"})", "d.npy"));
  CHECK_FALSE(says("e.npy.json", "no JSON", "e.npy"));
  CHECK_FALSE(says("f.npy.json", "[1]", "f.npy"));
  CHECK_FALSE(says_untrained(folder / "none.dscalar.nii"));
}
