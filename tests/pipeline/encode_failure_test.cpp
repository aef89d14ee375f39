// Everything that can throw, thrown at every call: the error comes out, no thread is left, nothing
// hangs, and what was written before is right.
#include <unistd.h>

#include "tests/pipeline/fakes.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kImages = 11;

// Ends the test program if the pipeline hangs.
struct Alarm {
  Alarm() { ::alarm(60); }
  ~Alarm() { ::alarm(0); }
};

template <typename Prepare>
void sweep(ErrorCode code, const char* message, Prepare prepare) {
  const Alarm alarm;
  for (const std::size_t devices : {1, 2, 3}) {
    for (const std::size_t batch : {1, 2, 3, 7}) {
      const int calls = static_cast<int>((kImages + batch - 1) / batch);
      for (int call = 0; call < calls; ++call) {
        CAPTURE(devices, batch, call);
        FakePhotos photos{.size = kImages, .bad = {4}};
        FakeProgram program(batch, 2, devices);
        FakeWriter writer(photos.size);
        EncodeOptions options;
        options.loader_threads = 3;
        prepare(program, writer, options, call);
        try {
          encode(photos.feed(), program, batch, writer, options);
          FAIL("nothing was thrown");
        } catch (const Error& error) {
          CHECK(error.code() == code);
          CHECK(error.what() == std::string(message));
        }
        CHECK_FALSE(writer.finished);
        CHECK(right_rows(writer, photos) == writer.status.size());
      }
    }
  }
}

}  // namespace

TEST_CASE("a device that fails at any submit ends the run with its error") {
  sweep(ErrorCode::kDevice, "submit broke",
        [](FakeProgram& program, FakeWriter&, EncodeOptions&, int call) {
          program.throw_at_submit = call;
        });
}

TEST_CASE("a device that fails at any wait ends the run with its error") {
  sweep(ErrorCode::kDevice, "wait broke",
        [](FakeProgram& program, FakeWriter&, EncodeOptions&, int call) {
          program.throw_at_wait = call;
        });
}

TEST_CASE("a writer that fails at any batch ends the run with its error") {
  sweep(ErrorCode::kOutput, "write broke",
        [](FakeProgram&, FakeWriter& writer, EncodeOptions&, int call) {
          writer.throw_at_write = call;
        });
}

TEST_CASE("a writer that cannot finish ends the run with its error") {
  sweep(
      ErrorCode::kOutput, "finish broke",
      [](FakeProgram&, FakeWriter& writer, EncodeOptions&, int) { writer.throw_at_finish = true; });
}

TEST_CASE("a progress report that throws ends the run with its error") {
  sweep(ErrorCode::kInternal, "report broke",
        [](FakeProgram&, FakeWriter&, EncodeOptions& options, int call) {
          options.progress = [call, seen = 0](const Progress&) mutable {
            if (seen++ == call) throw Error(ErrorCode::kInternal, "report broke");
          };
        });
}

TEST_CASE("an exception of a loader thread is never lost, whichever image throws it") {
  const Alarm alarm;
  for (const bool strict : {false, true}) {
    for (const std::size_t batch : {1, 2, 3, 7}) {
      for (int fatal = 0; fatal < static_cast<int>(kImages); ++fatal) {
        CAPTURE(strict, batch, fatal);
        FakePhotos photos{.size = kImages, .bad = {}, .fatal = fatal};
        FakeProgram program(batch, 1);
        FakeWriter writer(photos.size);
        EncodeOptions options;
        options.strict = strict;
        options.loader_threads = 3;
        CHECK_THROWS_WITH(encode(photos.feed(), program, batch, writer, options),
                          "the loader broke");
        CHECK_FALSE(writer.finished);
        CHECK(right_rows(writer, photos) == writer.status.size());
      }
    }
  }
}

TEST_CASE("a strict run whose writer fails as well reports the writer") {
  const Alarm alarm;
  FakePhotos photos{.size = 5, .bad = {3}};
  FakeProgram program(2, 1);
  FakeWriter writer(photos.size);
  writer.throw_at_write = 1;
  EncodeOptions options;
  options.strict = true;
  CHECK_THROWS_WITH(encode(photos.feed(), program, 2, writer, options), "write broke");
}
