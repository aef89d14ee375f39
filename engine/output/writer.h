// The one interface of everything that stores responses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/base/row_range.h"

namespace corticast {

// Where a part of a run that several processes share belongs.
struct ShardRecord {
  unsigned index = 0;  // 0 .. count - 1
  unsigned count = 1;
  std::size_t first_row = 0;  // of the whole run: where row 0 of this file belongs
  std::size_t images = 0;     // of the whole run
  std::string names_hash;     // hash_of_names (manifest.h) of all of its image names
};

// What a copy of rows takes over from the outputs that it is made of, where the request that they
// answer is not known any more.
struct Inherited {
  std::string manifest;                       // the run's
  std::string columns;                        // the attribute: what a column is, in words
  std::vector<std::int32_t> output_vertices;  // of a reduction: /outputs/vertices
};

// Facts recorded beside the responses; the same for every format.
struct RunRecord {
  std::vector<std::string> image_names;  // one per row of this file
  std::optional<ShardRecord> shard;      // none: the file holds the whole run
  // Tells apart inputs whose image names agree, such as two folders of the same file names: a hash
  // of the command's inputs as absolute paths. May be empty.
  std::string inputs_hash;
  std::string model_id;
  std::string model_hash;
  std::string model_file;
  bool untrained = false;
  std::string engine_version;
  std::string device;
  // What a row's bits depend on beside model, image and precision: Backend::arithmetic().
  std::string arithmetic;
  std::string precision;
  std::string readout = "auto";  // as asked for
  bool tune = false;
  std::size_t batch = 0;
  std::string decoder;
  std::string command_line;
  std::optional<Inherited> inherited;  // none: what the request says
};

// One row's outcome.
struct RowStatus {
  bool ok = true;
  std::string error;  // why not, "" if ok
};

// Values of /images/status.
inline constexpr std::uint8_t kRowOk = 0;
inline constexpr std::uint8_t kRowFailed = 1;
inline constexpr std::uint8_t kRowNotReached = 255;  // in unfinished files only

// Rows arrive in batches, each row once. Used by one thread. Errors: Error{kOutput}.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  // Rows still to be written: ascending, disjoint, not adjacent. All of a new output; what an
  // earlier run left out where the writer goes on from one.
  virtual std::vector<RowRange> missing() const = 0;
  // Images that failed in that earlier run: their rows are final, too.
  virtual std::size_t failed_before() const { return 0; }
  // Rows first_row .. first_row + status.size(), all missing until now. responses.images ==
  // status.size(); the rows of images that failed are written as NaN whatever the responses hold.
  // When this returns, the rows survive the death of the process.
  virtual void write(std::size_t first_row, const Responses& responses,
                     std::span<const RowStatus> status) = 0;
  // Completes the file and gives it its final name. Nothing may be written afterwards.
  virtual void finish() = 0;
};

}  // namespace corticast
