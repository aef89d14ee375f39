// Whole runs through the real pipeline, as `corticast encode` does them.
#pragma once

#include <filesystem>
#include <vector>

#include "bench/row.h"
#include "engine/backend/backend.h"
#include "engine/image/source.h"
#include "engine/output/writer.h"

namespace corticast::bench {

struct EndToEnd {
  const Model& model;
  const Request& request;
  const ImageSource& images;
  std::size_t image_count;  // of a run; the images are used in turn, again and again
  Method method;
  std::filesystem::path output;  // HDF5 file to write and overwrite
  std::size_t repetitions;
  double executed_flops = 0;  // of one image, really done; 0: not known
};

// What an output records of such a run.
RunRecord record_of(const EndToEnd& run, const Conditions& where);

// "prepare": compiling the program, once, weights uploaded and verified, the file cache as it is;
// then "end to end": from the first image read to the finished file, the program being there.
// Images are loaded by where.threads threads (at most 16). Throws what the pipeline throws, and
// Error{kImage} at the first image that cannot be used.
std::vector<Row> end_to_end_rows(Backend& backend, const EndToEnd& run, const Conditions& where);

}  // namespace corticast::bench
