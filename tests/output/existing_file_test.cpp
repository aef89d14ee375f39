#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/output/hdf5_writer.h"
#include "engine/output/manifest.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

void make_complete(const std::filesystem::path& path) {
  const auto writer = open_writer(path, small_record(3), small_request(), false, nullptr);
  write_good_rows(*writer, small_request(), 3, 3);
  writer->finish();
}

template <typename Action>
ErrorCode code_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("the finished output of the same run is recognised") {
  const TemporaryFolder folder;
  CHECK_FALSE(already_complete(folder / "out.h5", small_record(3), small_request()));
  make_complete(folder / "out.h5");
  CHECK(already_complete(folder / "out.h5", small_record(3), small_request()));
  RunRecord elsewhere = small_record(3);  // facts that do not change what is computed
  elsewhere.command_line = "corticast encode --threads 1";
  elsewhere.model_file = "/moved/small.ccm";
  CHECK(already_complete(folder / "out.h5", elsewhere, small_request()));
}

TEST_CASE("the output of another run is refused and the difference named") {
  const TemporaryFolder folder;
  make_complete(folder / "out.h5");
  const auto refusal = [&](auto change) -> std::string {
    RunRecord record = small_record(3);
    Request request = small_request();
    change(record, request);
    try {
      already_complete(folder / "out.h5", record, request);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kOutput);
      CHECK_THAT(error.hint(), contains("--force"));
      return error.what();
    }
    return "accepted";
  };
  CHECK_THAT(refusal([](RunRecord& r, Request&) { r.model_hash[0] = 'b'; }), contains("(model: "));
  CHECK_THAT(refusal([](RunRecord& r, Request&) { r.precision = "tf32"; }),
             contains("(precision: "));
  CHECK_THAT(refusal([](RunRecord& r, Request&) { r.engine_version = "9"; }),
             contains("(engine version: "));
  CHECK_THAT(refusal([](RunRecord& r, Request&) { r.inputs_hash = "x"; }), contains("(inputs: "));
  CHECK_THAT(refusal([](RunRecord& r, Request&) { std::swap(r.image_names[0], r.image_names[1]); }),
             contains("(image names: "));
  CHECK_THAT(refusal([](RunRecord&, Request& q) { q.targets.pop_back(); }),
             contains("(subjects: "));
  CHECK_THAT(refusal([](RunRecord&, Request& q) { std::swap(q.targets[0], q.targets[1]); }),
             contains("(subjects: "));
  CHECK_THAT(refusal([](RunRecord&, Request& q) { q.rows[2] = 1001; }),
             contains("(selected vertices: "));
  CHECK_THAT(refusal([](RunRecord&, Request& q) { q.positions = {0, 1, 2}; }), contains("expand"));
}

TEST_CASE("names joined differently are different inputs") {
  RunRecord a = small_record(0);
  RunRecord b = a;
  a.image_names = {"ab", "c"};
  b.image_names = {"a", "bc"};
  CHECK(run_manifest(a, small_request()) != run_manifest(b, small_request()));
}

TEST_CASE("a file that is not ours is refused, whatever it holds") {
  const TemporaryFolder folder;
  make_complete(folder / "good.h5");
  const std::string good = read_text(folder / "good.h5");
  write_text(folder / "empty.h5", "");
  write_text(folder / "text.h5", "hello");
  write_text(folder / "cut.h5", good.substr(0, good.size() / 2));
  std::filesystem::create_directory(folder / "folder.h5");
  std::filesystem::create_symlink("nowhere", folder / "dangling.h5");
  for (const char* name : {"empty.h5", "text.h5", "cut.h5", "folder.h5", "dangling.h5"}) {
    CAPTURE(name);
    CHECK(code_of([&] { already_complete(folder / name, small_record(3), small_request()); }) ==
          ErrorCode::kOutput);
  }
  CHECK(read_text(folder / "text.h5") == "hello");
}

TEST_CASE("a file that is there is replaced only on request") {
  const TemporaryFolder folder;
  write_text(folder / "out.h5", "precious");
  CHECK(code_of([&] {
          open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
        }) == ErrorCode::kOutput);
  CHECK(read_text(folder / "out.h5") == "precious");
  CHECK_FALSE(std::filesystem::exists(folder / "out.h5.part"));

  const auto writer =
      open_writer(folder / "out.h5", small_record(3), small_request(), true, nullptr);
  write_good_rows(*writer, small_request(), 3, 3);
  CHECK(read_text(folder / "out.h5") == "precious");
  writer->finish();
  CHECK(rows_are_right(ReadFile(folder / "out.h5"), 0, 3));
}

TEST_CASE("a file that appears during the run is not overwritten") {
  const TemporaryFolder folder;
  auto writer = open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
  write_good_rows(*writer, small_request(), 3, 3);
  write_text(folder / "out.h5", "precious");
  CHECK(code_of([&] { writer->finish(); }) == ErrorCode::kOutput);
  writer.reset();
  CHECK(read_text(folder / "out.h5") == "precious");
  CHECK(rows_are_right(ReadFile(folder / "out.h5.part"), 0, 3));
}

TEST_CASE("two writers of one output exclude each other") {
  const TemporaryFolder folder;
  const auto open = [&] {
    return open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
  };
  auto first = open();
  write_rows(*first, small_request(), 0, std::vector<RowStatus>(1));
  CHECK(code_of(open) == ErrorCode::kOutput);
  write_rows(*first, small_request(), 1, std::vector<RowStatus>(2));  // unharmed by the attempt
  first->finish();
  CHECK(rows_are_right(ReadFile(folder / "out.h5"), 0, 3));
}

TEST_CASE("a live owner in another process blocks, a dead one does not") {
  const TemporaryFolder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto writer =
        open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
    (void)!::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const auto open = [&] {
    return open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
  };
  CHECK(code_of(open) == ErrorCode::kOutput);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK_NOTHROW(open());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a run that wrote no row leaves nothing behind, one that did keeps its rows") {
  const TemporaryFolder folder;
  auto writer = open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
  writer.reset();
  CHECK(std::filesystem::is_empty(folder.path()));
  writer = open_writer(folder / "out.h5", small_record(3), small_request(), false, nullptr);
  write_rows(*writer, small_request(), 0, std::vector<RowStatus>(2));
  writer.reset();
  CHECK(rows_are_right(ReadFile(folder / "out.h5.part"), 0, 2));
}

TEST_CASE("other endings than HDF5's are refused by name") {
  for (const char* name : {"out.npy", "out.dscalar.nii", "out", "h5", ".h5", "out.h5.gz"}) {
    CAPTURE(name);
    CHECK(code_of([&] { check_output_name(name); }) == ErrorCode::kUsage);
  }
  CHECK_NOTHROW(check_output_name("a/b.h5"));
  CHECK_NOTHROW(check_output_name("b.hdf5"));
}
