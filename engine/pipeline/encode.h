// A run: images in, responses written. Loading, computing and writing overlap.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "engine/backend/backend.h"
#include "engine/output/writer.h"
#include "engine/pipeline/feed.h"

namespace corticast {

struct Progress {
  std::size_t done = 0;  // rows written, by earlier runs too, failed ones included
  std::size_t total = 0;
  std::size_t failed = 0;
  double seconds = 0;       // since the run started
  std::size_t resumed = 0;  // rows of `done` that earlier runs wrote
};

struct EncodeOptions {
  unsigned loader_threads = 0;  // 0: as many as this process may use, at most 16
  // Stop at the first image that fails: rows before it are written, then Error{kImage} is thrown.
  bool strict = false;
  // The columns that are computed, ascending (Request::positions); empty: all. Others are NaN on
  // purpose and not counted as non-finite.
  std::span<const std::uint32_t> computed_columns;
  // Asked before each batch is loaded and computed; may be empty. True: what was submitted is still
  // written, then encode() returns without finishing the writer, with summary.stopped.
  std::function<bool()> stop;
  // Called from the thread that called encode(); either may be empty. An exception stops the run.
  std::function<void(const Progress&)> progress;                                // after each batch
  std::function<void(std::size_t image, const std::string& reason)> bad_image;  // in order
};

struct EncodeSummary {
  std::size_t images = 0;             // computed by this run
  std::size_t resumed = 0;            // there already: never computed or written again
  std::size_t failed = 0;             // of both
  bool stopped = false;               // on request: rows are missing
  std::size_t non_finite_values = 0;  // NaN or infinite responses of images that did not fail
  std::size_t non_finite_images = 0;  // images with at least one
  double seconds = 0;
};

// Encodes the images that the writer misses, in order, `batch` at a time (1..the program's
// max_batch; fewer where a stretch of missing rows ends), and finishes the writer. Memory does not
// grow with the number of images. Rethrows what the program, the writer or a loader threw; no
// thread of this function is running then, and nothing writes to the program's input any more,
// though submitted slots may not have been waited for.
EncodeSummary encode(const ImageFeed& images, Program& program, std::size_t batch,
                     ResponseWriter& writer, const EncodeOptions& options);

}  // namespace corticast
