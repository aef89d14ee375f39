#include "bench/end_to_end.h"

#include <algorithm>
#include <chrono>

#include "bench/statistics.h"
#include "bench/work.h"
#include "engine/image/decode.h"
#include "engine/output/open_writer.h"
#include "engine/pipeline/encode.h"

namespace corticast::bench {
namespace {

constexpr unsigned kMostLoaders = 16;  // as many as encode starts by itself

ImageFeed feed_in_turn(const ImageSource& images, std::size_t count) {
  const std::size_t distinct = images.size();
  return {count,
          [&images, distinct](std::size_t k, std::uint8_t* out) { images.load(k % distinct, out); },
          [&images, distinct](std::size_t k) { return images.name(k % distinct); }};
}

Row plain_row(const std::string& stage, std::size_t images, const Conditions& where) {
  Row row;
  row.where = where;
  row.stage = stage;
  row.images = images;
  return row;
}

}  // namespace

RunRecord record_of(const EndToEnd& run, const Conditions& where) {
  RunRecord record;
  for (std::size_t k = 0; k < run.image_count; ++k) {
    record.image_names.push_back(run.images.name(k % run.images.size()));
  }
  const ModelInfo& info = run.model.info();
  record.model_id = info.model_id;
  record.model_hash = info.model_hash;
  record.model_file = run.model.path().string();
  record.untrained = info.untrained;
  record.engine_version = CORTICAST_VERSION;
  record.device = where.device;
  record.precision = where.precision;
  record.batch = where.batch;
  record.decoder = decoder_versions();
  record.command_line = "corticast-bench";
  return record;
}

std::vector<Row> end_to_end_rows(Backend& backend, const EndToEnd& run, const Conditions& where) {
  using Clock = std::chrono::steady_clock;
  Row prepare = plain_row("prepare", 0, where);
  const Clock::time_point start = Clock::now();
  const auto program = backend.compile(run.model, run.request, where.batch, run.method);
  prepare.seconds = {std::chrono::duration<double>(Clock::now() - start).count()};

  const RunRecord record = record_of(run, where);
  const ImageFeed feed = feed_in_turn(run.images, run.image_count);
  EncodeOptions options;
  options.loader_threads = std::min(where.threads, kMostLoaders);
  options.strict = true;
  options.computed_columns = run.request.positions;
  Row encoding = plain_row("end to end", run.image_count, where);
  encoding.flops = static_cast<double>(run.image_count) *
                   network_flops(where.channels, where.vertices, where.subjects);
  encoding.executed_flops = static_cast<double>(run.image_count) * run.executed_flops;
  encoding.seconds = time_of(run.repetitions, [&] {
    const auto writer = open_writer(run.output, record, run.request, true, nullptr);
    encode(feed, *program, where.batch, *writer, options);
  });
  return {prepare, encoding};
}

}  // namespace corticast::bench
