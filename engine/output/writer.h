// The one interface of everything that stores responses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace corticast {

// Facts recorded beside the responses; the same for every format.
struct RunRecord {
  std::vector<std::string> image_names;  // one per row
  // Tells apart inputs whose image names agree, such as two folders of the same file names: a hash
  // of the command's inputs as absolute paths. May be empty.
  std::string inputs_hash;
  std::string model_id;
  std::string model_hash;
  std::string model_file;
  bool untrained = false;
  std::string engine_version;
  std::string device;
  std::string precision;
  std::size_t batch = 0;
  std::string decoder;
  std::string command_line;
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

// Rows arrive in order, in batches. Used by one thread. Errors: Error{kOutput}.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  // Rows first_row .. first_row + status.size(). responses.images == status.size(); the rows of
  // images that failed are written as NaN whatever the responses hold.
  // When this returns, the rows survive the death of the process.
  virtual void write(std::size_t first_row, const Responses& responses,
                     std::span<const RowStatus> status) = 0;
  // Completes the file and gives it its final name. Nothing may be written afterwards.
  virtual void finish() = 0;
};

}  // namespace corticast
