#include <array>
#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/own_input.h"
#include "cli/program.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/text.h"
#include "engine/base/threads.h"
#include "engine/output/part_file.h"
#include "engine/pipeline/feed.h"
#include "engine/pipeline/loader.h"

namespace corticast::cli {
namespace {

constexpr std::size_t kBatch = 32;

struct Flags {
  InputSpec input;
  std::string output;
  bool force = false;
};

void check_destination(const Flags& flags, std::size_t images) {
  const std::filesystem::path path = flags.output;
  if (!flags.force && is_taken(path)) {
    throw Error(ErrorCode::kOutput, flags.output + ": exists",
                "Give another output name, or --force to overwrite it.");
  }
  const std::uint64_t needed = images * kImageBytes + 128;
  if (const std::uint64_t free = free_bytes_beside(path); needed > free) {
    throw Error(ErrorCode::kOutput, flags.output + ": needs " + grouped(needed) +
                                        " bytes, the disk has " + grouped(free) + " free");
  }
}

// Loads all images in order, two batches at a time, and hands over each batch.
template <typename Take>
void load_all(const ImageSource& source, Take take) {
  std::array<std::vector<std::uint8_t>, 2> pixels;
  std::array<LoadingBatch, 2> batches;
  LoaderPool pool(feed_of(source).load, std::min(usable_threads(), 16u));
  const auto start = [&](std::size_t b) {
    LoadingBatch& batch = batches[b % 2];
    batch.first = b * kBatch;
    batch.status.assign(std::min(kBatch, source.size() - batch.first), RowStatus{});
    pixels[b % 2].resize(batch.status.size() * kImageBytes);
    batch.pixels = pixels[b % 2].data();
    pool.start(batch);
  };
  const std::size_t count = (source.size() + kBatch - 1) / kBatch;
  start(0);
  for (std::size_t b = 0; b < count; ++b) {
    if (b + 1 < count) start(b + 1);
    pool.wait(batches[b % 2]);
    take(batches[b % 2]);
  }
}

int preprocess_command(const Flags& flags) {
  if (!flags.output.ends_with(".npy")) {
    throw Error(ErrorCode::kUsage, flags.output + ": the output must end in .npy");
  }
  const ImageSource source(flags.input);
  check_destination(flags, source.size());
  refuse_own_input(flags.output, flags.input, source, {});
  PendingFile file(flags.output);
  const std::string header = make_npy_header("|u1", {source.size(), 224, 224, 3});
  file.write(header.data(), header.size());
  std::size_t bad = 0;
  load_all(source, [&](const LoadingBatch& batch) {
    for (std::size_t i = 0; i < batch.status.size(); ++i) {
      if (batch.status[i].ok) continue;
      ++bad;
      std::cerr << "bad image: " << printable(source.name(batch.first + i)) << ": "
                << printable(batch.status[i].error) << "\n";
    }
    if (bad == 0) file.write(batch.pixels, batch.status.size() * kImageBytes);
  });
  if (bad > 0) {
    throw Error(ErrorCode::kImage,
                grouped(bad) + " of " + grouped(source.size()) + " images are bad, nothing written",
                "Remove them from the input: an array has no place to mark them.");
  }
  file.commit();
  std::cout << flags.output << "\n";
  return 0;
}

}  // namespace

void add_preprocess(CLI::App& app) {
  add_command(app, "preprocess", "Write the pixels the network would see",
              [](CLI::App& command) -> Body {
                auto flags = std::make_shared<Flags>();
                command
                    .add_option("INPUT", flags->input.arguments,
                                "Image files, folders, .npy arrays, @LIST or -, as for encode")
                    ->required();
                command
                    .add_option("-o,--output", flags->output,
                                "NumPy file to write: uint8 [N,224,224,3], RGB")
                    ->required();
                command.add_flag("-0,--null", flags->input.nul_separated,
                                 "Paths in lists end with NUL instead of newline");
                command.add_flag("--force", flags->force, "Replace an existing output");
                return [flags] { return preprocess_command(*flags); };
              });
}

}  // namespace corticast::cli
