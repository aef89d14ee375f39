#include "engine/output/hdf5_writer.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("the file has the documented layout") {
  const TemporaryFolder folder;
  const RunRecord record = small_record(10);
  const Request request = small_request();
  const auto writer = open_writer(folder / "out.h5", record, request, false, nullptr);
  CHECK(std::filesystem::exists(folder / "out.h5.part"));
  write_good_rows(*writer, request, 10, 4);
  CHECK_FALSE(std::filesystem::exists(folder / "out.h5"));
  writer->finish();
  CHECK_FALSE(std::filesystem::exists(folder / "out.h5.part"));

  const ReadFile file(folder / "out.h5");
  CHECK(file.shape("/responses/NaturalScenesDataset/sub-01") == std::vector<hsize_t>{10, 3});
  CHECK(file.stored_as("/responses/BOLD5000/sub-04", H5T_IEEE_F32LE));
  CHECK(rows_are_right(file, 0, 10));
  CHECK(file.texts("/images/path") == record.image_names);
  CHECK(file.texts("/images/error") == std::vector<std::string>(10));
  CHECK(file.stored_as("/images/status", H5T_STD_U8LE));
  CHECK(file.bytes("/images/status") == std::vector<std::uint8_t>(10, 0));
  CHECK(file.stored_as("/journal/done", H5T_STD_U8LE));
  CHECK(file.bytes("/journal/done") == std::vector<std::uint8_t>(10, 1));
  CHECK(file.stored_as("/vertices/grayordinate", H5T_STD_I32LE));
  CHECK(file.numbers<int>("/vertices/grayordinate", H5T_NATIVE_INT) ==
        std::vector<int>{50, 70, 30000});
  CHECK(file.texts("/vertices/roi") == std::vector<std::string>{"L_V1", "L_p9-46v", "R_V1"});
  CHECK(file.stored_as("/vertices/group", H5T_STD_U8LE));
  CHECK(file.bytes("/vertices/group") == std::vector<std::uint8_t>{1, 22, 1});

  CHECK(file.attribute("units") == "model units (z-scored beta)");
  CHECK(file.attribute("model_id") == record.model_id);
  CHECK(file.attribute("model_hash") == record.model_hash);
  CHECK(file.attribute("model_file") == record.model_file);
  CHECK(file.attribute("engine_version") == record.engine_version);
  CHECK(file.attribute("device") == record.device);
  CHECK(file.attribute("precision") == record.precision);
  CHECK(file.attribute("batch") == "4");
  CHECK(file.attribute("decoder") == record.decoder);
  CHECK(file.attribute("command_line") == record.command_line);
  CHECK_THAT(file.attribute("columns"), contains("3 cortical vertices"));
  CHECK_FALSE(file.has_attribute("untrained"));
}

TEST_CASE("a failed image is a row of NaN with its reason") {
  const Request request = small_request();
  for (std::size_t bad = 0; bad < 5; ++bad) {
    const TemporaryFolder folder;
    const auto writer = open_writer(folder / "out.h5", small_record(7), request, false, nullptr);
    std::vector<RowStatus> status(5);
    status[bad] = {false, "the file is cut short"};
    write_rows(*writer, request, 0, status);
    write_rows(*writer, request, 5, {{false, "not an image"}, {true, ""}});
    writer->finish();

    const ReadFile file(folder / "out.h5");
    for (std::size_t row = 0; row < 7; ++row) {
      CAPTURE(bad, row);
      const bool failed = row == bad || row == 5;
      CHECK(file.bytes("/images/status")[row] == (failed ? 1 : 0));
      CHECK(file.texts("/images/error")[row] == (row == 5 ? "not an image"
                                                 : failed ? "the file is cut short"
                                                          : ""));
      CHECK(file.bytes("/journal/done")[row] == 1);
      if (!failed) CHECK(rows_are_right(file, row, row + 1));
      const auto values = file.floats("/responses/BOLD5000/sub-04");
      for (std::size_t c = 0; c < 3; ++c) CHECK(std::isnan(values[row * 3 + c]) == failed);
    }
  }
}

TEST_CASE("image names are kept byte for byte, UTF-8 or not") {
  const TemporaryFolder folder;
  RunRecord record = small_record(3);
  record.image_names[1] = "gr\xC3\xBC\xC3\x9F.png";
  const Request request = small_request();
  for (const char* name : {"utf8.h5", "latin1.h5"}) {
    const auto writer = open_writer(folder / name, record, request, false, nullptr);
    write_good_rows(*writer, request, 3, 3);
    writer->finish();
    CHECK(ReadFile(folder / name).texts("/images/path") == record.image_names);
    record.image_names[2] = "gr\xFC\xDF \n.png";
    record.command_line = "corticast encode gr\xFC\xDF " + std::string(100000, 'x');
  }
  CHECK(ReadFile(folder / "latin1.h5").attribute("command_line") !=
        ReadFile(folder / "utf8.h5").attribute("command_line"));
}

TEST_CASE("a command line longer than an HDF5 attribute is stored in full") {
  const TemporaryFolder folder;
  RunRecord record = small_record(1);
  record.command_line.append(200000, '\xFC');
  const auto writer = open_writer(folder / "out.h5", record, small_request(), false, nullptr);
  write_good_rows(*writer, small_request(), 1, 1);
  writer->finish();
  CHECK(ReadFile(folder / "out.h5").attribute("command_line") == record.command_line);
}

TEST_CASE("a model without subjects and atlas has one table and no vertices") {
  const TemporaryFolder folder;
  Request request = small_request();
  request.targets = {{0, {"readout"}, "readout"}};
  request.labels = {};
  const auto writer = open_writer(folder / "out.hdf5", small_record(2), request, false, nullptr);
  write_good_rows(*writer, request, 2, 2);
  writer->finish();
  const ReadFile file(folder / "out.hdf5");
  CHECK(file.shape("/responses/readout") == std::vector<hsize_t>{2, 3});
  CHECK(file.floats("/responses/readout")[5] == response_at(0, 1, 2));
  CHECK_FALSE(file.has("/vertices"));
  CHECK_THAT(file.attribute("columns"), contains("no atlas"));
}

TEST_CASE("expanded rows keep the NaN between computed columns") {
  const TemporaryFolder folder;
  Request request = small_request();
  request.columns = 91282;
  request.positions = {50, 70, 30000};
  request.labels.grayordinate.resize(91282);
  request.labels.roi.assign(91282, "L_V1");
  request.labels.group.resize(91282);
  const auto writer = open_writer(folder / "out.h5", small_record(13), request, false, nullptr);
  for (std::size_t row = 0; row < 13; ++row) {
    std::vector<std::vector<float>> rows(2, std::vector<float>(91282, std::nanf("")));
    for (const std::uint32_t c : request.positions)
      rows[0][c] = rows[1][c] = response_at(0, row, c);
    const float* pointers[2] = {rows[0].data(), rows[1].data()};
    writer->write(row, {1, 91282, pointers}, std::vector<RowStatus>(1));
  }
  writer->finish();
  const ReadFile file(folder / "out.h5");
  const auto values = file.floats("/responses/NaturalScenesDataset/sub-01");
  std::size_t finite = 0;
  for (const float value : values) finite += std::isfinite(value);
  CHECK(finite == 13 * 3);
  CHECK(values[12 * 91282 + 30000] == response_at(0, 12, 30000));
  CHECK(file.texts("/vertices/roi").size() == 91282);
  CHECK_THAT(file.attribute("columns"), contains("91,282 grayordinates"));
}

TEST_CASE("synthetic weights are declared in the file") {
  const TemporaryFolder folder;
  RunRecord record = small_record(1);
  record.untrained = true;
  const auto writer = open_writer(folder / "out.h5", record, small_request(), false, nullptr);
  write_good_rows(*writer, small_request(), 1, 1);
  writer->finish();
  const ReadFile file(folder / "out.h5");
  CHECK(file.attribute("untrained") == "1");
  CHECK_THAT(file.attribute("warning"), contains("UNTRAINED"));
}

TEST_CASE("the same run writes the same bytes, whatever the batch") {
  const TemporaryFolder folder;
  const Request request = small_request();
  for (const auto& [name, batch] : {std::pair{"a.h5", 1}, {"b.h5", 1}, {"c.h5", 7}}) {
    const auto writer = open_writer(folder / name, small_record(20), request, false, nullptr);
    write_good_rows(*writer, request, 20, static_cast<std::size_t>(batch));
    writer->finish();
  }
  CHECK(read_text(folder / "a.h5") == read_text(folder / "b.h5"));
  CHECK(rows_are_right(ReadFile(folder / "c.h5"), 0, 20));
}

TEST_CASE("the space asked for beforehand is what the file takes") {
  const TemporaryFolder folder;
  for (const auto& [images, columns] : {std::pair{1, 1}, {5000, 3}, {37, 57051}, {3, 91282}}) {
    Request request = small_request();
    request.columns = static_cast<std::uint32_t>(columns);
    request.labels.grayordinate.resize(request.columns);
    request.labels.roi.resize(request.columns, "L_p9-46v");
    request.labels.group.resize(request.columns);
    const RunRecord record = small_record(static_cast<std::size_t>(images));
    const auto writer = open_writer(folder / "out.h5", record, request, true, nullptr);
    write_good_rows(*writer, request, record.image_names.size(), 16);
    writer->finish();
    const auto planned = static_cast<double>(hdf5_bytes(record, request));
    const auto taken = static_cast<double>(std::filesystem::file_size(folder / "out.h5"));
    CAPTURE(images, columns, planned, taken);
    CHECK(taken <= planned);
    CHECK(taken >= 0.9 * planned - 150000);
  }
}

TEST_CASE("rows written twice, rows that are not there and an early finish are refused") {
  const TemporaryFolder folder;
  const Request request = small_request();
  const auto writer = open_writer(folder / "out.h5", small_record(4), request, false, nullptr);
  CHECK_THROWS_AS(write_rows(*writer, request, 0, std::vector<RowStatus>(5)), Error);
  write_rows(*writer, request, 0, std::vector<RowStatus>(2));
  CHECK_THROWS_AS(write_rows(*writer, request, 0, std::vector<RowStatus>(1)), Error);
  CHECK_THROWS_AS(writer->finish(), Error);
  write_rows(*writer, request, 2, std::vector<RowStatus>(2));
  writer->finish();
  CHECK(rows_are_right(ReadFile(folder / "out.h5"), 0, 4));
}

TEST_CASE("after a kill the rows marked done are right and the same run goes on from them") {
  const Request request = small_request();
  for (std::size_t batches = 0; batches <= 5; ++batches) {
    CAPTURE(batches);
    const TemporaryFolder folder;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const auto writer = open_writer(folder / "out.h5", small_record(20), request, false, nullptr);
      write_good_rows(*writer, request, batches * 4, 4);
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK_FALSE(std::filesystem::exists(folder / "out.h5"));
    {
      const ReadFile file(folder / "out.h5.part");
      const std::size_t done = batches * 4;
      std::vector<std::uint8_t> journal(20, 0);
      std::fill_n(journal.begin(), done, std::uint8_t{1});
      CHECK(file.bytes("/journal/done") == journal);
      CHECK(rows_are_right(file, 0, done));
      for (std::size_t i = done; i < 20; ++i) CHECK(file.bytes("/images/status")[i] == 255);
      CHECK(file.texts("/images/path").size() == 20);
    }
    std::vector<std::string> notes;
    const auto writer = open_writer(folder / "out.h5", small_record(20), request, false, &notes);
    REQUIRE(notes.size() == 1);
    CHECK_THAT(notes[0], contains(std::to_string(batches * 4) + " of 20 images are done"));
    write_missing_rows(*writer, request, 4);
    writer->finish();
    CHECK(rows_are_right(ReadFile(folder / "out.h5"), 0, 20));
  }
}

TEST_CASE("after kills at any moment the rows marked done are right") {
  const Request request = small_request();
  std::size_t most = 0;
  for (unsigned k = 0; k < 40; ++k) {
    CAPTURE(k);
    const TemporaryFolder folder;
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const auto writer =
          open_writer(folder / "out.h5", small_record(20000), request, false, nullptr);
      (void)!::write(ready[1], "x", 1);
      write_good_rows(*writer, request, 20000, 5);
      ::_exit(0);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::usleep(k * 700);
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::close(ready[0]);
    ::close(ready[1]);
    REQUIRE(WIFSIGNALED(status));
    const ReadFile file(folder / "out.h5.part");
    const auto journal = file.bytes("/journal/done");
    std::size_t done = 0;
    while (done < journal.size() && journal[done] == 1) ++done;
    CHECK(std::count(journal.begin(), journal.end(), 1) == static_cast<std::ptrdiff_t>(done));
    CHECK(done % 5 == 0);
    CHECK(rows_are_right(file, 0, done));
    most = std::max(most, done);
  }
  CHECK(most > 0);
}
