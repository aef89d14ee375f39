// A finished HDF5 output, opened to read: what every tool that works on responses stands on.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/output/writer.h"

namespace corticast {

// Responses are read where they are asked for; the rest is read when the file is opened. One thread
// at a time, and no other use of HDF5 meanwhile.
class ResponseFile {
 public:
  // Throws Error{kOutput} naming the file and what is wrong with it: unreadable, not an output of
  // corticast, unfinished (a row that is not done), shapes that do not agree.
  explicit ResponseFile(const std::filesystem::path& path);
  ~ResponseFile();
  ResponseFile(const ResponseFile&) = delete;
  ResponseFile& operator=(const ResponseFile&) = delete;

  const std::filesystem::path& path() const;
  // As the run wrote them; shard included.
  const RunRecord& record() const;
  const std::string& manifest() const;
  const std::vector<RowStatus>& status() const;  // [images]
  // targets (name, result_path), columns, labels; of a reduction its kind, names and counts.
  // rows and positions are empty: a file does not know them.
  const Request& layout() const;

  // Rows of target t (index into layout().targets) into out [rows.count, columns].
  // Throws Error{kOutput} on a read error.
  void read(std::size_t target, RowRange rows, float* out) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace corticast
