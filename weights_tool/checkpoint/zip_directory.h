// The zip central directory: where the entries are and how large.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast::weights {

struct ZipRecord {
  std::string_view name;
  std::uint64_t bytes = 0;         // stored size
  std::uint64_t header_start = 0;  // of the local header
};

struct ZipDirectory {
  std::uint64_t start = 0;  // first byte of the directory: no entry may reach past it
  std::vector<ZipRecord> records;
};

// Finds and parses the directory at the end of the file. Throws Error{kModel}.
ZipDirectory read_zip_directory(ByteSpan file, const std::string& file_name);

[[noreturn]] void refuse_zip(const std::string& file_name, const std::string& what);

}  // namespace corticast::weights
