// Responses as one HDF5 file.
//
//   /responses/<long dataset name>/sub-NN  float32 [images, columns]; one model without subjects:
//   /responses/readout                     NaN: failed image, or column that was not computed
//   /images/path        variable-length string [images]: bytes as given, or relative to the folder
//   /images/status      uint8 [images]: 0 ok, 1 failed (255 not reached, in unfinished files)
//   /images/error       variable-length string [images]: why it failed, "" otherwise
//   /vertices/grayordinate int32, roi string, group uint8 [columns]; absent without an atlas, and
//                       where the columns are reductions of vertices. Then instead:
//   /outputs/name       variable-length string [columns]: "L_V1", or as the user's matrix has it
//   /outputs/vertices   int32 [columns]: vertices that the output is made of. 0: NaN if it is a
//                       mean, 0 if a matrix' row of zeros
//   /journal/done       uint8 [images]: 1 if the row is final
//   attributes of the root: units, columns, model_id, model_hash, model_file, engine_version,
//     device, precision, batch, decoder, command_line, manifest; reduction ("roi-mean",
//     "group-mean", "matrix") and, of a matrix, matrix_sha256; untrained = 1 and a warning where
//     the weights are synthetic
//
// The file grows as OUT.part, flushed after each batch (data first, then the journal), so that a
// kill at any moment leaves a readable file whose rows marked done are right.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/output/writer.h"

namespace corticast {

// Locks and creates OUT.part and writes everything but the responses. Throws Error{kOutput}: locked
// by another process, no room on the disk, not writable. replace: finish() may overwrite an
// existing file. notes (may be null) gets what the user should know: that an unfinished file was
// gone on from or replaced.
std::unique_ptr<ResponseWriter> open_hdf5_writer(const std::filesystem::path& destination,
                                                 const RunRecord& record, const Request& request,
                                                 bool replace, std::vector<std::string>* notes);

// Bytes the finished file will have, within a per mille.
std::uint64_t hdf5_bytes(const RunRecord& record, const Request& request);

}  // namespace corticast
