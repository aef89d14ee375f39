#include "engine/output/unfinished_file.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/hdf5_read.h"
#include "engine/output/writer.h"

namespace corticast {
namespace {

using Kind = UnfinishedFile::Kind;
using Signature = std::array<char, kSignatureBytes>;

constexpr Signature kHdf5 = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};

// All that HDF5 has written when it hands over a new file, before the writer could blank it.
constexpr std::uintmax_t kBareSuperblock = 96;

Signature signature_of(const std::filesystem::path& path) {
  Signature bytes{};
  std::ifstream(path, std::ios::binary).read(bytes.data(), bytes.size());
  return bytes;
}

void read_rows(hid_t file, UnfinishedFile& found) {
  found.done = hdf5::read_bytes(file, "/journal/done", hdf5::kAnySize);
  const auto status = hdf5::read_bytes(file, "/images/status", found.done.size());
  for (std::size_t i = 0; i < status.size(); ++i) {
    const bool known = status[i] == kRowOk || status[i] == kRowFailed;
    found.done[i] = found.done[i] == 1 && known ? 1 : 0;
    found.done_rows += found.done[i];
    found.failed_rows += found.done[i] == 1 && status[i] == kRowFailed;
  }
}

}  // namespace

UnfinishedFile read_unfinished(const std::filesystem::path& path) {
  UnfinishedFile found;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return found;
  if (!std::filesystem::is_regular_file(path, error)) {
    found.kind = Kind::kForeign;
    return found;
  }
  const Signature signature = signature_of(path);
  if (signature == Signature{}) return found;
  if (signature == kHdf5 && std::filesystem::file_size(path, error) <= kBareSuperblock)
    return found;
  found.kind = Kind::kForeign;
  if (signature != kHdf5) return found;
  found.kind = Kind::kUnreadable;
  try {
    const hdf5::Handle file = hdf5::open_to_read(path);
    if (!hdf5::has_attribute(file.get(), "manifest")) {
      found.kind = Kind::kForeign;
      return found;
    }
    found.manifest = hdf5::text_attribute(file.get(), "manifest");
    read_rows(file.get(), found);
    found.kind = Kind::kOurs;
  } catch (const Error& failure) {
    found.reason = failure.what();
  }
  return found;
}

}  // namespace corticast
