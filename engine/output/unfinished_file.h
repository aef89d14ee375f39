// What an earlier run left behind in OUT.part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace corticast {

// The signature of an HDF5 file. The writer blanks it while it creates one, and HDF5 writes it
// again as the last thing of the flush that ends the creation: a file without it never had a row.
inline constexpr std::size_t kSignatureBytes = 8;

struct UnfinishedFile {
  enum class Kind : std::uint8_t {
    kNothing,     // not there, empty, or killed while it was created: no row was ever written
    kOurs,        // an unfinished output, with what follows
    kUnreadable,  // an HDF5 file that cannot be read (why): finished rows may be in it
    kForeign,     // something else
  };
  Kind kind = Kind::kNothing;
  std::string reason;
  std::string manifest;
  std::vector<std::uint8_t> done;  // one per row; 1: final
  std::size_t done_rows = 0;
  std::size_t failed_rows = 0;  // of those
};

// Reads without a lock: what it says of rows may be outdated while another process writes.
UnfinishedFile read_unfinished(const std::filesystem::path& path);

}  // namespace corticast
