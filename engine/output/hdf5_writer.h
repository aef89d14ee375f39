// Responses as one HDF5 file.
//
//   /responses/<long dataset name>/sub-NN  float32 [images, columns]; one model without subjects:
//   /responses/readout                     NaN: failed image, or column that was not computed
//   /images/path        variable-length string [images]: bytes as given, or relative to the folder
//   /images/status      uint8 [images]: 0 ok, 1 failed (255 not reached, in unfinished files)
//   /images/error       string of 256 bytes [images]: why it failed, "" otherwise
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
// It is written as OUT.part, at its full size from the start (row_tables.h), batch by batch: data
// first, then the journal. A kill or a full disk at any moment leaves a readable file whose rows
// marked done are right and from which the same run goes on; rows that are not done hold zeros or
// anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/output/writer.h"

namespace corticast {

// Locks OUT.part and goes on from it if it holds rows of this very run (earlier_run.h says when,
// and throws); else creates it with everything but the responses. Throws Error{kOutput}: locked by
// another process, no room on the disk, not writable. replace: whatever run's rows are there are
// dropped, and finish() may overwrite an existing file. notes (may be null) gets what the user
// should know: what the run goes on from, or what was dropped.
std::unique_ptr<ResponseWriter> open_hdf5_writer(const std::filesystem::path& destination,
                                                 const RunRecord& record, const Request& request,
                                                 bool replace, std::vector<std::string>* notes);

// Bytes the finished file will have, within a per mille.
std::uint64_t hdf5_bytes(const RunRecord& record, const Request& request);

}  // namespace corticast
