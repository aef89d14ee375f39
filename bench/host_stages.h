// Rows of what happens beside the device: images in, responses out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/row.h"
#include "engine/atlas/request.h"
#include "engine/image/source.h"
#include "engine/output/writer.h"

namespace corticast::bench {

// Decoding, resizing, normalising and all of them, by one thread and without reading the files,
// then what the pipeline does, by where.threads threads. At most kInputImages images. If one is in
// an array or is a file that cannot be found by its name there is only the last row. `folders`:
// where names may be relative to. Bytes: what the stage reads and makes, each byte once. Throws
// Error{kImage} naming an image that cannot be used.
inline constexpr std::size_t kInputImages = 64;
std::vector<Row> input_rows(const ImageSource& images, const std::vector<std::string>& folders,
                            std::size_t repetitions, const Conditions& where);

// Writing responses of `images` images to a new HDF5 file at `path`, where.batch at a time.
// Throws Error{kOutput}.
Row output_row(const std::filesystem::path& path, const RunRecord& record, const Request& request,
               std::size_t images, std::size_t repetitions, const Conditions& where);

}  // namespace corticast::bench
