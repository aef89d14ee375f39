#include "engine/output/converting_writer.h"

#include "engine/base/error.h"
#include "engine/maps/read_maps.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kImages = 5;

// A run of two subjects to CIFTI files.
struct Run {
  explicit Run(const TemporaryFolder& folder) : out(folder / "o.dscalar.nii"), folder_(folder) {}

  std::unique_ptr<ResponseWriter> open(bool force = false) const {
    return open_writer(out, record, small_request(), force, nullptr, options);
  }
  bool complete() const { return already_complete(out, record, small_request(), options); }
  std::string refusal() const {
    try {
      complete();
    } catch (const Error& error) {
      return std::to_string(error.exit_code()) + " " + error.what();
    }
    return "";
  }
  std::filesystem::path working() const { return folder_ / "o.dscalar.nii.h5"; }
  // Whether both files hold the responses of all rows, and nothing else is left but sidecars.
  bool is_right() const {
    const auto files = output_files(out, record, small_request(), options);
    for (std::size_t t = 0; t < 2; ++t) {
      const auto maps = read_maps(files[t]);
      std::vector<float> values(kImages * maps->columns());
      maps->read({0, kImages}, values.data());
      for (std::size_t row = 0; row < kImages; ++row) {
        if (values[row * maps->columns() + 70] != response_at(t, row, 1)) return false;
      }
    }
    using Entries = std::filesystem::directory_iterator;
    return std::distance(Entries(folder_.path()), Entries()) == 4;
  }

  RunRecord record = small_record(kImages);
  OutputOptions options{OutputFormat::kCifti};
  std::filesystem::path out;

 private:
  const TemporaryFolder& folder_;
};

}  // namespace

TEST_CASE("another format is converted from rows that survive a kill at any time") {
  const TemporaryFolder folder;
  const Run run(folder);
  CHECK_FALSE(run.complete());
  {
    const auto writer = run.open();
    write_rows(*writer, small_request(), 0, std::vector<RowStatus>(2));
  }
  CHECK(batch_of_earlier_output(run.out, small_request(), run.options) == 4);
  CHECK_FALSE(run.complete());
  {
    const auto writer = run.open();
    CHECK(writer->missing() == std::vector<RowRange>{{2, 3}});
    CHECK(write_missing_rows(*writer, small_request(), 2) == 3);
    SECTION("straight on") {
      writer->finish();
    }
    SECTION("killed after the last row") {}
    SECTION("killed when the rows were complete, with half of the files written") {
      std::filesystem::copy(run.working().string() + ".part", folder / "copy.h5");
      writer->finish();
      std::filesystem::rename(folder / "copy.h5", run.working());
      std::filesystem::remove(folder / "o_sub-NSD01.dscalar.nii.json");
      std::filesystem::remove(folder / "o_sub-NSD01.dscalar.nii");
      CHECK_FALSE(run.complete());
    }
  }
  if (std::filesystem::is_regular_file(run.working()) ||
      std::filesystem::exists(run.working().string() + ".part")) {
    const auto writer = run.open();
    CHECK(writer->missing().empty());
    writer->finish();
  }
  CHECK(run.is_right());
  CHECK(run.complete());
  CHECK(batch_of_earlier_output(run.out, small_request(), run.options) == 4);
}

TEST_CASE("converted files of another run or of nobody are not overwritten") {
  const TemporaryFolder folder;
  Run run(folder);
  const auto write_all = [&](bool force) {
    const auto writer = run.open(force);
    write_good_rows(*writer, small_request(), kImages, 2);
    writer->finish();
  };
  write_all(false);
  run.options.fill = 0;
  CHECK_THAT(run.refusal(), contains("5 ") && contains("--fill \"nan\""));
  run.options.fill = NAN;
  run.record.model_hash = std::string(64, 'b');
  CHECK_THAT(run.refusal(), contains("another run (model: aaaaaaaaaaaa... there"));
  write_all(true);
  CHECK(run.is_right());
  CHECK(run.complete());
  std::filesystem::remove(folder / "o_sub-BOLD500004.dscalar.nii");
  CHECK_THAT(run.refusal(), contains("missing"));
  write_text(folder / "o_sub-NSD01.dscalar.nii.json", "{}");
  CHECK_THAT(run.refusal(), contains("not an output of corticast"));
}

TEST_CASE("what a format cannot hold is refused before the first row") {
  const TemporaryFolder folder;
  const Run run(folder);
  Request request = small_request();
  request.labels = {};
  CHECK_THROWS_AS(open_writer(run.out, run.record, request, false, nullptr, run.options), Error);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("the room that another format needs is foretold") {
  const TemporaryFolder folder;
  Run run(folder);
  for (const auto& [format, name] : {std::pair{OutputFormat::kCifti, "a.dscalar.nii"},
                                     {OutputFormat::kNpy, "a.npy"},
                                     {OutputFormat::kMosaic, "m.h5"},
                                     {OutputFormat::kGifti, "a.func.gii"}}) {
    run.out = folder / name;
    run.options.format = format;
    const auto writer = run.open(true);
    write_good_rows(*writer, small_request(), kImages, 2);
    writer->finish();
    std::uint64_t bytes = 0;
    for (const auto& file : output_files(run.out, run.record, small_request(), run.options)) {
      bytes += file_size(file);
    }
    const std::uint64_t foretold =
        output_bytes(run.out, run.record, small_request(), run.options).output;
    CAPTURE(name, bytes, foretold);
    CHECK(bytes <= foretold);
    if (format == OutputFormat::kCifti || format == OutputFormat::kMosaic) {
      CHECK(foretold - bytes <= foretold / 50);
    }
  }
}
