// The zip container of PyTorch 1.6 and later: stored entries only, zip64.
// Format: APPNOTE.TXT 6.3.9, sections 4.3 to 4.5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast::weights {

struct ZipEntry {
  std::string_view name;  // both views point into the file
  ByteSpan data;
};

// The entries of an archive that lies in memory; the bytes must outlive it. Sizes come from the
// central directory, data positions from each local header. Checksums are not verified (newer
// PyTorch can write zeros). Throws Error{kModel} for anything it does not fully understand:
// compressed or encrypted entries, two entries of one name, overlapping entries, bytes missing.
class ZipArchive {
 public:
  ZipArchive(ByteSpan file, const std::string& file_name);

  const std::vector<ZipEntry>& entries() const { return entries_; }
  const ZipEntry* find(std::string_view name) const;  // nullptr when absent

 private:
  std::vector<ZipEntry> entries_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace corticast::weights
