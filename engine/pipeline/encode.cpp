#include "engine/pipeline/encode.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/threads.h"
#include "engine/pipeline/loader.h"

namespace corticast {
namespace {

// Beyond this, decoding outruns any device, and each thread may hold one decoded 100 Mpx image.
constexpr unsigned kMaxLoaders = 16;

// images: that load at the same time.
unsigned loader_count(const EncodeOptions& options, std::size_t images) {
  const unsigned wanted = options.loader_threads != 0 ? options.loader_threads
                                                      : std::min(usable_threads(), kMaxLoaders);
  return static_cast<unsigned>(std::min<std::size_t>(wanted, images));
}

// Devices that work at the same time: a program has three slots for each.
std::size_t device_count(const Program& program) {
  if (program.slots() < 3) {
    throw Error(ErrorCode::kInternal,
                "encode: the program has " + std::to_string(program.slots()) + " slots");
  }
  return program.slots() / 3;
}

class Run {
 public:
  Run(const ImageFeed& images, Program& program, std::size_t batch, ResponseWriter& writer,
      const EncodeOptions& options)
      : images_(images),
        program_(program),
        batch_(batch),
        writer_(writer),
        options_(options),
        missing_(writer.missing()),
        devices_(device_count(program)),
        pool_(images.load, loader_count(options, (devices_ + 1) * batch), images.image_bytes) {
    std::size_t to_do = 0;
    for (const RowRange& rows : missing_) {
      to_do += rows.count;
      batches_ += (rows.count + batch - 1) / batch;
    }
    if (to_do > images.size) {
      throw Error(ErrorCode::kInternal, "encode: the writer misses more rows than there are");
    }
    summary_.resumed = images.size - to_do;
    summary_.failed = writer.failed_before();
  }

  // On one device, while batch b computes, batch b + 1 loads into the next slot and batch b - 1 is
  // written from the one before; with D devices, D batches load, compute and are written. The slot
  // of batch b is loaded again, with batch b + 3 D, only after batch b was written.
  EncodeSummary go() {
    if (summary_.resumed > 0) report();
    std::size_t submitted = 0;
    for (std::size_t b = 0; b < std::min(devices_, batches_) && !stopping(); ++b) start_loading(b);
    for (; submitted < batches_ && !stopping(); ++submitted) {
      const std::size_t b = submitted;
      if (b + devices_ < batches_) start_loading(b + devices_);
      pool_.wait(slot(b));
      if (options_.strict && has_bad_row(slot(b))) stop_at_bad_row(b);
      if (stopping()) break;
      program_.submit(b % program_.slots(), slot(b).status.size());
      if (b >= devices_) write_next();
    }
    write_until(submitted);
    summary_.stopped = submitted < batches_;
    if (!summary_.stopped) writer_.finish();
    summary_.seconds = seconds();
    return summary_;
  }

 private:
  LoadingBatch& slot(std::size_t b) { return slots_[b % program_.slots()]; }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  // Once asked to stop, the run stays so.
  bool stopping() {
    stopping_ = stopping_ || (options_.stop && options_.stop());
    return stopping_;
  }

  // The next rows to load: at most a batch, from one stretch of missing rows.
  RowRange take_rows() {
    RowRange& stretch = missing_[stretch_];
    const RowRange rows{stretch.first, std::min(batch_, stretch.count)};
    stretch = {stretch.first + rows.count, stretch.count - rows.count};
    if (stretch.count == 0) ++stretch_;
    return rows;
  }

  // Batches are started in order, each once.
  void start_loading(std::size_t b) {
    LoadingBatch& batch = slot(b);
    const RowRange rows = take_rows();
    batch.first = rows.first;
    batch.pixels = program_.input(b % program_.slots());
    batch.status.assign(rows.count, RowStatus{});
    pool_.start(batch);
  }

  static bool has_bad_row(const LoadingBatch& batch) {
    return std::any_of(batch.status.begin(), batch.status.end(),
                       [](const RowStatus& row) { return !row.ok; });
  }

  [[noreturn]] void stop_at_bad_row(std::size_t b) {
    LoadingBatch& batch = slot(b);
    const auto bad = std::find_if(batch.status.begin(), batch.status.end(),
                                  [](const RowStatus& row) { return !row.ok; });
    const auto good_rows = static_cast<std::size_t>(bad - batch.status.begin());
    const Error stop(ErrorCode::kImage, images_.name(batch.first + good_rows) + ": " + bad->error,
                     "Without --strict the run goes on and this row becomes NaN.");
    batch.status.resize(good_rows);
    if (good_rows > 0) program_.submit(b % program_.slots(), good_rows);
    write_until(good_rows > 0 ? b + 1 : b);
    throw stop;
  }

  void write_until(std::size_t end) {
    while (written_ < end) write_next();
  }

  // The first batch that was not written yet; it was submitted.
  void write_next() {
    const LoadingBatch& batch = slot(written_);
    const Responses responses = program_.wait(written_ % program_.slots());
    count_non_finite(responses, batch.status);
    writer_.write(batch.first, responses, batch.status);
    for (std::size_t i = 0; i < batch.status.size(); ++i) {
      if (batch.status[i].ok) continue;
      ++summary_.failed;
      if (options_.bad_image) options_.bad_image(batch.first + i, batch.status[i].error);
    }
    ++written_;
    summary_.images += batch.status.size();
    report();
  }

  void report() const {
    if (!options_.progress) return;
    options_.progress({summary_.resumed + summary_.images, images_.size, summary_.failed, seconds(),
                       summary_.resumed});
  }

  void count_non_finite(const Responses& responses, const std::vector<RowStatus>& status) {
    for (std::size_t i = 0; i < status.size(); ++i) {
      if (!status[i].ok) continue;
      std::size_t values = 0;
      for (const float* target : responses.targets) {
        values += non_finite_in(target + i * responses.columns, responses.columns);
      }
      summary_.non_finite_values += values;
      summary_.non_finite_images += values > 0;
    }
  }

  std::size_t non_finite_in(const float* row, std::size_t columns) const {
    std::size_t count = 0;
    if (options_.computed_columns.empty()) {
      for (std::size_t c = 0; c < columns; ++c) count += !std::isfinite(row[c]);
    } else {
      for (const std::uint32_t c : options_.computed_columns) count += !std::isfinite(row[c]);
    }
    return count;
  }

  const ImageFeed& images_;
  Program& program_;
  std::size_t batch_;
  ResponseWriter& writer_;
  const EncodeOptions& options_;
  std::vector<RowRange> missing_;  // not loaded yet, from stretch_ on
  std::size_t stretch_ = 0;
  const std::size_t devices_;
  std::size_t batches_ = 0;
  bool stopping_ = false;
  std::size_t written_ = 0;  // batches
  EncodeSummary summary_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<LoadingBatch> slots_{program_.slots()};
  LoaderPool pool_;  // last: its threads stop before anything they use goes away
};

}  // namespace

EncodeSummary encode(const ImageFeed& images, Program& program, std::size_t batch,
                     ResponseWriter& writer, const EncodeOptions& options) {
  if (batch == 0) throw Error(ErrorCode::kInternal, "encode: batch is 0");
  return Run(images, program, batch, writer, options).go();
}

}  // namespace corticast
