// The datasets of an HDF5 output that rows go to.
//
// All of them are laid out in full when the file is created, one block each, without fill values,
// and are written past HDF5's buffers: a batch overwrites bytes that belong to its rows and to
// nothing else. A file that was killed, or whose disk filled up, at any moment after its creation
// therefore has a sound structure, and rows that were done are as they were.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/hdf5_handle.h"
#include "engine/output/writer.h"

namespace corticast::hdf5 {

// Bytes of an entry of /images/error: longer reasons are cut.
inline constexpr std::size_t kReasonBytes = 256;

// As file_access(), and written without buffers.
Handle direct_file_access();

// Everything throws Error{kOutput} without the file's name. Used by one thread.
class RowTables {
 public:
  RowTables() = default;
  // In a new file.
  static RowTables create(hid_t file, const Request& request, std::size_t images);
  // In an unfinished one. Throws if a dataset is missing or not as create() makes it.
  static RowTables open(hid_t file, const Request& request, std::size_t images);

  // Everything but the journal.
  void write(std::size_t first_row, const Responses& responses, std::span<const RowStatus> status);
  void mark_done(std::size_t first_row, std::size_t rows);
  void close();
  // Gives up the datasets without closing them.
  void abandon();

 private:
  void write_responses(hid_t dataset, std::size_t first_row, const float* data,
                       std::span<const RowStatus> status);

  std::vector<float> nan_row_;
  std::vector<Handle> responses_;
  Handle status_;
  Handle error_;
  Handle done_;
};

// "/responses/NaturalScenesDataset/sub-01".
std::string response_path(const Target& target);

}  // namespace corticast::hdf5
