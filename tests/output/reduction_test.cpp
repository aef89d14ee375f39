// Outputs whose columns are reductions of vertices.
#include "engine/base/error.h"
#include "engine/output/hdf5_writer.h"
#include "engine/output/manifest.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// Three outputs of three vertices: a mean of two, of one, of none.
Request reduced_request() {
  Request request = small_request();
  request.labels = {};
  request.reduction = std::make_shared<Reduction>(
      Reduction{"roi-mean", {"L_V1", "R_V1", "R_H"}, {0, 2, 3, 3}, {0, 1, 2}, {0.5, 0.5, 1}, ""});
  return request;
}

Request matrix_request() {
  Request request = small_request();
  request.labels = {};
  request.reduction = std::make_shared<Reduction>(Reduction{"matrix",
                                                            {"fröhlich", "1", "2"},
                                                            {0, 2, 3, 4},
                                                            {0, 2, 0, 1},
                                                            {-0.5, 2, 0, 1},
                                                            std::string(64, 'd')});
  return request;
}

void write_file(const std::filesystem::path& path, const Request& request) {
  const auto writer = open_writer(path, small_record(3), request, true, nullptr);
  write_good_rows(*writer, request, 3, 2);
  writer->finish();
}

// "matrix, outputs" of "matrix: aa... there, none here; outputs: ...".
std::string keys(const std::string& difference) {
  std::string keys;
  for (std::size_t at = 0; at < difference.size();) {
    keys += (keys.empty() ? "" : ", ") + difference.substr(at, difference.find(':', at) - at);
    const std::size_t end = difference.find("; ", at);
    at = end == std::string::npos ? difference.size() : end + 2;
  }
  return keys;
}

template <typename Change>
std::string difference(const Request& theirs, Change change) {
  Request ours = theirs;
  auto reduction = std::make_shared<Reduction>(*theirs.reduction);
  change(*reduction);
  ours.reduction = reduction;
  return keys(manifest_difference(run_manifest(small_record(3), ours),
                                  run_manifest(small_record(3), theirs)));
}

}  // namespace

TEST_CASE("means are labelled by output and count their vertices") {
  const TemporaryFolder folder;
  write_file(folder / "out.h5", reduced_request());
  const ReadFile file(folder / "out.h5");
  CHECK(file.shape("/responses/BOLD5000/sub-04") == std::vector<hsize_t>{3, 3});
  CHECK(rows_are_right(file, 0, 3));
  CHECK(file.texts("/outputs/name") == std::vector<std::string>{"L_V1", "R_V1", "R_H"});
  CHECK(file.stored_as("/outputs/vertices", H5T_STD_I32LE));
  CHECK(file.numbers<int>("/outputs/vertices", H5T_NATIVE_INT) == std::vector<int>{2, 1, 0});
  CHECK_FALSE(file.has("/vertices"));
  CHECK(file.attribute("reduction") == "roi-mean");
  CHECK_FALSE(file.has_attribute("matrix_sha256"));
  CHECK_THAT(file.attribute("columns"),
             contains("means of areas: 3, of 3 vertices; names in /outputs"));
}

TEST_CASE("a matrix leaves its digest, and names in UTF-8") {
  const TemporaryFolder folder;
  write_file(folder / "out.h5", matrix_request());
  const ReadFile file(folder / "out.h5");
  CHECK(file.texts("/outputs/name") == std::vector<std::string>{"fröhlich", "1", "2"});
  CHECK(file.numbers<int>("/outputs/vertices", H5T_NATIVE_INT) == std::vector<int>{2, 0, 1});
  CHECK(file.attribute("reduction") == "matrix");
  CHECK(file.attribute("matrix_sha256") == std::string(64, 'd'));
  CHECK_THAT(file.attribute("columns"),
             contains("weighted sums by the rows of a matrix: 3, of 3 vertices"));
}

TEST_CASE("a file without reduction has no outputs") {
  const TemporaryFolder folder;
  write_file(folder / "out.h5", small_request());
  const ReadFile file(folder / "out.h5");
  CHECK_FALSE(file.has("/outputs"));
  CHECK_FALSE(file.has_attribute("reduction"));
  CHECK(file.has("/vertices/roi"));
}

TEST_CASE("a changed reduction is another run, and the difference is named") {
  const Request means = reduced_request();
  const Request matrix = matrix_request();
  CHECK(difference(means, [](Reduction&) {}).empty());
  CHECK(difference(means, [](Reduction& r) { r.kind = "group-mean"; }) == "reduction");
  CHECK(difference(means, [](Reduction& r) { r.names[2] = "L_H"; }) == "outputs");
  CHECK(difference(means, [](Reduction& r) { r.names.pop_back(); }) == "outputs");
  CHECK(difference(matrix, [](Reduction& r) { r.digest[0] = 'e'; }) == "matrix");

  const std::string plain = run_manifest(small_record(3), small_request());
  const std::string reduced = run_manifest(small_record(3), means);
  CHECK(keys(manifest_difference(plain, reduced)) == "outputs, reduction");
  CHECK(keys(manifest_difference(reduced, plain)) == "outputs, reduction");
  CHECK(keys(manifest_difference(run_manifest(small_record(3), matrix), reduced)) ==
        "matrix, outputs, reduction");

  const TemporaryFolder folder;
  write_file(folder / "out.h5", matrix);
  CHECK(already_complete(folder / "out.h5", small_record(3), matrix));
  Request changed = matrix;
  auto reduction = std::make_shared<Reduction>(*matrix.reduction);
  reduction->digest[5] = '0';
  changed.reduction = reduction;
  try {
    already_complete(folder / "out.h5", small_record(3), changed);
    FAIL("a changed matrix went unnoticed");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kOutput);
    CHECK_THAT(error.what(), contains("(matrix: "));
  }
}

TEST_CASE("the space asked for covers the names of many outputs") {
  const TemporaryFolder folder;
  Request request = reduced_request();
  auto reduction = std::make_shared<Reduction>(*request.reduction);
  constexpr std::size_t kOutputs = 20000;
  reduction->names.assign(kOutputs, "an output with a rather long name");
  reduction->begin.assign(kOutputs + 1, 3);
  reduction->begin.front() = 0;
  request.reduction = reduction;
  request.columns = kOutputs;
  write_file(folder / "out.h5", request);
  const auto planned = static_cast<double>(hdf5_bytes(small_record(3), request));
  const auto taken = static_cast<double>(std::filesystem::file_size(folder / "out.h5"));
  CAPTURE(planned, taken);
  CHECK(taken <= planned);
  CHECK(taken >= 0.9 * planned - 150000);
}
