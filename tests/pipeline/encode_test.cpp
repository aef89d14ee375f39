#include "engine/pipeline/encode.h"

#include <limits>

#include "tests/pipeline/fakes.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("every image reaches its row, whatever the batch size") {
  for (const std::size_t batch : {1, 2, 3, 7}) {
    for (std::size_t count = 0; count <= 20; ++count) {
      CAPTURE(batch, count);
      FakePhotos photos{.size = count, .bad = {}};
      FakeProgram program(batch, 2);
      FakeWriter writer(photos.size);
      std::vector<std::size_t> progress;
      EncodeOptions options;
      options.loader_threads = 3;
      options.progress = [&](const Progress& p) {
        CHECK(p.total == count);
        progress.push_back(p.done);
      };
      const EncodeSummary summary = encode(photos.feed(), program, batch, writer, options);
      CHECK(writer.finished);
      CHECK(writer.status.size() == count);
      CHECK(right_rows(writer, photos) == count);
      CHECK(summary.images == count);
      CHECK(summary.failed == 0);
      CHECK(summary.non_finite_values == 0);
      CHECK(progress.size() == (count + batch - 1) / batch);
      if (count > 0) CHECK(progress.back() == count);
    }
  }
}

TEST_CASE("a bad image costs its own row only, wherever it is") {
  for (const std::size_t batch : {1, 2, 3, 7}) {
    for (std::size_t bad = 0; bad < 10; ++bad) {
      CAPTURE(batch, bad);
      FakePhotos photos{.size = 10, .bad = {bad}};
      FakeProgram program(batch, 2);
      FakeWriter writer(photos.size);
      EncodeOptions options;
      options.loader_threads = 2;
      std::vector<std::size_t> reported;
      options.bad_image = [&](std::size_t k, const std::string& reason) {
        CHECK(reason == "not an image");
        reported.push_back(k);
      };
      const EncodeSummary summary = encode(photos.feed(), program, batch, writer, options);
      CHECK(writer.finished);
      CHECK(writer.status.size() == 10);
      CHECK(right_rows(writer, photos) == 10);
      CHECK(writer.status[bad].error == "not an image");
      CHECK(summary.failed == 1);
      CHECK(reported == std::vector<std::size_t>{bad});
    }
  }
}

TEST_CASE("a run of nothing but bad images still finishes") {
  FakePhotos photos{.size = 5, .bad = {0, 1, 2, 3, 4}};
  FakeProgram program(2, 1);
  FakeWriter writer(photos.size);
  const EncodeSummary summary = encode(photos.feed(), program, 2, writer, {});
  CHECK(writer.finished);
  CHECK(summary.failed == 5);
  CHECK(right_rows(writer, photos) == 5);
}

TEST_CASE("a strict run writes the rows before the bad image and stops") {
  for (const std::size_t batch : {1, 2, 3, 7}) {
    for (std::size_t bad = 0; bad < 10; ++bad) {
      CAPTURE(batch, bad);
      FakePhotos photos{.size = 10, .bad = {bad, 9}};
      FakeProgram program(batch, 2);
      FakeWriter writer(photos.size);
      EncodeOptions options;
      options.strict = true;
      options.loader_threads = 3;
      try {
        encode(photos.feed(), program, batch, writer, options);
        FAIL("a bad image passed");
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kImage);
        CHECK(error.what() == "photo" + std::to_string(bad) + ": not an image");
      }
      CHECK_FALSE(writer.finished);
      CHECK(writer.status.size() == bad);
      CHECK(right_rows(writer, photos) == bad);
    }
  }
}

TEST_CASE("responses that are not finite are counted, failed rows and empty columns are not") {
  FakePhotos photos{.size = 5, .bad = {1}};
  EncodeOptions options;
  for (const float spoil :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    FakeProgram program(2, 2);
    program.spoil = spoil;
    FakeWriter writer(photos.size);
    options.computed_columns = {};
    EncodeSummary summary = encode(photos.feed(), program, 2, writer, options);
    CHECK(summary.non_finite_images == 4);
    CHECK(summary.non_finite_values == 4 * 2 * kColumns);

    FakeWriter second(photos.size);
    const std::vector<std::uint32_t> computed = {0, 2};
    options.computed_columns = computed;
    summary = encode(photos.feed(), program, 2, second, options);
    CHECK(summary.non_finite_images == 4);
    CHECK(summary.non_finite_values == 4 * 2 * 2);
  }
}

TEST_CASE("several devices compute at once and rows stay in order") {
  for (const std::size_t devices : {2, 3}) {
    for (const std::size_t batch : {1, 3}) {
      for (std::size_t count = 0; count <= 30; ++count) {
        CAPTURE(devices, batch, count);
        FakePhotos photos{.size = count, .bad = {4, 11}};
        FakeProgram program(batch, 2, devices);
        FakeWriter writer(photos.size);
        EncodeOptions options;
        options.loader_threads = 3;
        const EncodeSummary summary = encode(photos.feed(), program, batch, writer, options);
        CHECK(writer.finished);
        CHECK(summary.images == count);
        CHECK(right_rows(writer, photos) == count);
        CHECK(writer.status.size() == count);
        CHECK(program.in_flight == 0);
        // Each device has a batch to go on with while the one before it is waited for.
        const std::size_t batches = (count + batch - 1) / batch;
        CHECK(program.most_in_flight == std::min(batches, devices + 1));
      }
    }
  }
}

TEST_CASE("a strict run on several devices writes the rows before the bad image and stops") {
  for (const std::size_t devices : {2, 3}) {
    for (std::size_t bad = 0; bad < 20; ++bad) {
      CAPTURE(devices, bad);
      FakePhotos photos{.size = 20, .bad = {bad, 19}};
      FakeProgram program(2, 1, devices);
      FakeWriter writer(photos.size);
      EncodeOptions options;
      options.strict = true;
      options.loader_threads = 3;
      CHECK_THROWS_WITH(encode(photos.feed(), program, 2, writer, options),
                        "photo" + std::to_string(bad) + ": not an image");
      CHECK_FALSE(writer.finished);
      CHECK(writer.status.size() == bad);
      CHECK(right_rows(writer, photos) == bad);
    }
  }
}

TEST_CASE("a program with too few slots is refused") {
  FakePhotos photos{.size = 1, .bad = {}};
  FakeProgram program(1, 1, 0);
  FakeWriter writer(photos.size);
  CHECK_THROWS_WITH(encode(photos.feed(), program, 1, writer, {}),
                    "encode: the program has 0 slots");
}

TEST_CASE("images are never loaded further ahead than three batches a device") {
  for (const std::size_t devices : {1, 3}) {
    FakePhotos photos{.size = 2000, .bad = {}};
    constexpr std::size_t kBatch = 7;
    FakeProgram program(kBatch, 1, devices);
    FakeWriter writer(photos.size);
    writer.photos = &photos;
    EncodeOptions options;
    options.loader_threads = 4;
    encode(photos.feed(), program, kBatch, writer, options);
    CHECK(writer.status.size() == 2000);
    CHECK(right_rows(writer, photos) == 2000);
    CHECK(writer.largest_lead <= 3 * devices * kBatch);
    CHECK(writer.largest_lead > devices * kBatch);  // the next batches do load meanwhile
  }
}
