#include "bench/host_stages.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "bench/statistics.h"
#include "engine/backend/backend.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/image/network_input.h"
#include "engine/image/preprocess.h"
#include "engine/output/open_writer.h"
#include "engine/pipeline/loader.h"
#include "kernels/normalize.h"

namespace corticast::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::optional<fs::path> file_of(const std::string& name, const std::vector<std::string>& folders) {
  std::error_code ignored;
  if (fs::is_regular_file(name, ignored)) return name;
  for (const std::string& folder : folders) {
    fs::path path = fs::path(folder) / name;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  return std::nullopt;
}

// Passes Error{kImage} on with the image's name.
template <typename Work>
auto naming(const std::string& name, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kImage) throw;
    throw Error(error.code(), name + ": " + error.what(), error.hint());
  }
}

Row host_row(const std::string& stage, const Conditions& where, unsigned threads) {
  Row row;
  row.where = where;
  row.where.threads = threads;
  row.stage = stage;
  return row;
}

// Rows of one thread. Images are decoded one after the other so that no two are in memory: to a
// whole image, which is then cropped and resized, and once more as the pipeline decodes them, row
// by row.
std::vector<Row> single_thread_rows(const std::vector<fs::path>& files, std::size_t repetitions,
                                    const Conditions& where) {
  Row decoding = host_row("decode", where, 1);
  Row resizing = host_row("crop and resize", where, 1);
  Row normalising = host_row("crop, resize, normalise", where, 1);
  Row reaching = host_row("file to normalised input", where, 1);
  std::vector<std::uint8_t> resized(kImageBytes);
  std::vector<float> normalised(kImageBytes);
  const auto normalise = [&] {
    kernels::cpu::normalize_pixels(resized.data(), kImageBytes / 3, normalisation_table().data(),
                                   normalised.data());
  };
  for (std::size_t i = 0; i <= repetitions; ++i) {
    Clock::duration decode{};
    Clock::duration resize{};
    Clock::duration normalised_after{};
    Clock::duration whole{};
    for (const fs::path& path : files) {
      naming(path.string(), [&] {
        const std::vector<std::byte> file = read_file(path, kMaxFileBytes, ErrorCode::kImage);
        const Clock::time_point start = Clock::now();
        const Image image = decode_image(file);
        const Clock::time_point decoded = Clock::now();
        crop_resize(image.rgb.data(), image.width, image.height, resized.data());
        const Clock::time_point done = Clock::now();
        normalise();
        const Clock::time_point again = Clock::now();
        decode_network_input(file, resized.data());
        normalise();
        whole += Clock::now() - again;
        normalised_after += again - decoded;
        resize += done - decoded;
        decode += decoded - start;
        if (i > 0) return;
        decoding.bytes += static_cast<double>(file.size() + image.rgb.size());
        resizing.bytes += static_cast<double>(image.rgb.size() + resized.size());
        normalising.bytes += static_cast<double>(image.rgb.size() + 4 * resized.size());
        reaching.bytes += static_cast<double>(file.size() + 4 * resized.size());
      });
    }
    if (i == 0) continue;  // the first pass does not count
    decoding.seconds.push_back(std::chrono::duration<double>(decode).count());
    resizing.seconds.push_back(std::chrono::duration<double>(resize).count());
    normalising.seconds.push_back(std::chrono::duration<double>(normalised_after).count());
    reaching.seconds.push_back(std::chrono::duration<double>(whole).count());
  }
  std::vector<Row> rows = {decoding, resizing, normalising, reaching};
  for (Row& row : rows) row.images = files.size();
  return rows;
}

Row loading_row(const ImageSource& images, std::size_t count, std::size_t repetitions,
                const Conditions& where) {
  Row row = host_row("read, decode, resize", where, where.threads);
  row.images = count;
  std::vector<std::uint8_t> pixels(count * kImageBytes);
  LoaderPool pool([&](std::size_t k, std::uint8_t* out) { images.load(k, out); }, where.threads);
  LoadingBatch batch;
  batch.pixels = pixels.data();
  row.seconds = time_of(repetitions, [&] {
    batch.status.assign(count, RowStatus{});
    pool.start(batch);
    pool.wait(batch);
  });
  for (std::size_t k = 0; k < count; ++k) {
    if (!batch.status[k].ok) {
      throw Error(ErrorCode::kImage, images.name(k) + ": " + batch.status[k].error);
    }
  }
  return row;
}

// Numbers that do not compress, of the magnitude of responses.
std::vector<float> made_up_responses(std::size_t count) {
  std::vector<float> values(count);
  std::uint32_t state = 1;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) * 0x1p-23f - 1.0f;
  }
  return values;
}

}  // namespace

std::vector<Row> input_rows(const ImageSource& images, const std::vector<std::string>& folders,
                            std::size_t repetitions, const Conditions& where) {
  const std::size_t count = std::min(images.size(), kInputImages);
  std::vector<fs::path> files;
  for (std::size_t k = 0; k < count; ++k) {
    if (const auto file = file_of(images.name(k), folders)) files.push_back(*file);
  }
  std::vector<Row> rows;
  if (files.size() == count) rows = single_thread_rows(files, repetitions, where);
  rows.push_back(loading_row(images, count, repetitions, where));
  return rows;
}

Row output_row(const fs::path& path, const RunRecord& record, const Request& request,
               std::size_t images, std::size_t repetitions, const Conditions& where) {
  const std::size_t columns = request.columns;
  const std::vector<float> values = made_up_responses(where.batch * columns);
  const std::vector<const float*> targets(request.targets.size(), values.data());
  Row row = host_row("write HDF5", where, 1);
  row.images = images;
  row.bytes = static_cast<double>(images) * static_cast<double>(columns * targets.size()) *
              static_cast<double>(sizeof(float));
  row.seconds = time_of(repetitions, [&] {
    const auto writer = open_writer(path, record, request, true, nullptr);
    for (std::size_t first = 0; first < images; first += where.batch) {
      const std::size_t n = std::min(where.batch, images - first);
      writer->write(first, {n, columns, targets}, std::vector<RowStatus>(n));
    }
    writer->finish();
  });
  return row;
}

}  // namespace corticast::bench
