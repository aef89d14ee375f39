// Runs that go on from rows of an earlier one, or are asked to stop.
#include <random>

#include "tests/pipeline/fakes.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// Keeps which rows were written, by how many writes each.
class KeptRows : public ResponseWriter {
 public:
  explicit KeptRows(std::vector<int> before) : written(std::move(before)) {}

  std::vector<int> written;  // per row: how often, earlier runs included
  std::size_t failed_earlier = 0;
  std::size_t new_rows = 0;
  bool finished = false;

  std::vector<RowRange> missing() const override {
    std::vector<RowRange> ranges;
    for (std::size_t row = 0; row < written.size(); ++row) {
      if (written[row] > 0) continue;
      if (row == 0 || written[row - 1] > 0) ranges.push_back({row, 0});
      ++ranges.back().count;
    }
    return ranges;
  }
  std::size_t failed_before() const override { return failed_earlier; }
  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus> status) override {
    for (std::size_t i = 0; i < status.size(); ++i) {
      ++written.at(first_row + i);
      const float expected = expected_response(status[i].ok ? first_row + i + 1 : 0, 0, 0);
      if (responses.targets[0][i * kColumns] != expected) {
        throw std::logic_error("another row's answers");
      }
    }
    new_rows += status.size();
  }
  void finish() override { finished = true; }
};

bool each_once(const KeptRows& writer) {
  return std::all_of(writer.written.begin(), writer.written.end(), [](int n) { return n == 1; });
}

}  // namespace

TEST_CASE("only missing rows are loaded and computed, whatever their pattern") {
  std::mt19937 random(11);
  for (const std::size_t devices : {1, 3}) {
    for (std::size_t batch = 1; batch <= 5; ++batch) {
      CAPTURE(devices, batch);
      FakePhotos photos;
      photos.size = 23;
      photos.bad = {4, 20};
      std::vector<int> before(photos.size);
      for (int& row : before) row = random() % 2 == 0;
      KeptRows writer(before);
      writer.failed_earlier = 3;
      const auto kept = static_cast<std::size_t>(std::count(before.begin(), before.end(), 1));
      const auto bad = static_cast<std::size_t>(before[4] == 0) + (before[20] == 0);
      FakeProgram program(batch, 2, devices);
      EncodeOptions options;
      options.loader_threads = 3;
      Progress last;
      std::size_t first_done = photos.size;
      options.progress = [&](const Progress& progress) {
        first_done = std::min(first_done, progress.done);
        last = progress;
      };
      const EncodeSummary summary = encode(photos.feed(), program, batch, writer, options);
      CHECK(each_once(writer));
      CHECK(writer.finished);
      CHECK(writer.new_rows == photos.size - kept);
      CHECK(photos.loaded == photos.size - kept - bad);
      CHECK(summary.resumed == kept);
      CHECK(summary.images == photos.size - kept);
      CHECK(summary.failed == 3 + bad);
      CHECK_FALSE(summary.stopped);
      CHECK(first_done == kept);
      CHECK(last.done == photos.size);
      CHECK(last.resumed == kept);
    }
  }
}

TEST_CASE("a run whose rows are all there only finishes, even when asked to stop") {
  FakePhotos photos;
  photos.size = 4;
  KeptRows writer({1, 1, 1, 1});
  FakeProgram program(2, 1);
  EncodeOptions options;
  options.stop = [] { return true; };
  const EncodeSummary summary = encode(photos.feed(), program, 2, writer, options);
  CHECK(writer.finished);
  CHECK_FALSE(summary.stopped);
  CHECK(summary.resumed == 4);
  CHECK(program.submits == 0);
}

TEST_CASE("asked to stop at any moment a run writes what was submitted and goes on later") {
  for (const std::size_t devices : {1, 2}) {
    for (int moment = 0; moment < 30; ++moment) {
      CAPTURE(devices, moment);
      FakePhotos photos;
      photos.size = 13;
      photos.bad = {6};
      KeptRows writer(std::vector<int>(photos.size));
      FakeProgram program(2, 1, devices);
      EncodeOptions options;
      options.loader_threads = 2;
      int asked = 0;
      options.stop = [&] { return asked++ >= moment; };
      const EncodeSummary first = encode(photos.feed(), program, 2, writer, options);
      CHECK(program.in_flight == 0);
      CHECK(program.waits == program.submits);
      CHECK(first.stopped == !writer.finished);
      CHECK(first.stopped == (writer.new_rows < photos.size));
      CHECK(first.images == writer.new_rows);
      if (!first.stopped) continue;
      KeptRows again(writer.written);
      options.stop = {};
      const EncodeSummary second = encode(photos.feed(), program, 2, again, options);
      CHECK(each_once(again));
      CHECK(again.finished);
      CHECK(second.resumed == first.images);
    }
  }
}
