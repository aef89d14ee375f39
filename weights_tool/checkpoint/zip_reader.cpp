#include "weights_tool/checkpoint/zip_reader.h"

#include <algorithm>

#include "engine/base/checked_math.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/zip_directory.h"

namespace corticast::weights {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint64_t kLocalBytes = 30;
constexpr std::uint16_t kEncrypted = 1;

// A size in a local header may be absent (0, or deferred to zip64) but must not contradict.
bool contradicts(std::uint32_t local, std::uint64_t central) {
  return local != 0 && local != 0xFFFFFFFF && local != central;
}

struct Extent {
  std::uint64_t start;
  std::uint64_t end;
};

// Checks the local header of `record` and finds its data: [header, end of data).
Extent locate(ByteSpan file, const ZipRecord& record, std::uint64_t limit,
              const std::string& file_name, ByteSpan& data) {
  const std::string entry = "entry " + in_quotes(record.name);
  const std::uint64_t at = record.header_start;
  if (!fits(at, kLocalBytes, limit) ||
      load_le<std::uint32_t>(file.data() + at) != kLocalSignature) {
    refuse_zip(file_name, entry + " has no header at byte " + std::to_string(at));
  }
  const std::byte* header = file.data() + at;
  const std::uint64_t name_bytes = load_le<std::uint16_t>(header + 26);
  const std::uint64_t extra_bytes = load_le<std::uint16_t>(header + 28);
  const std::uint64_t start = at + kLocalBytes + name_bytes + extra_bytes;
  if (!fits(start, record.bytes, limit)) {
    refuse_zip(file_name, entry + ": " + std::to_string(record.bytes) + " bytes at " +
                              std::to_string(start) + " reach past byte " + std::to_string(limit));
  }
  if (as_text(file.subspan(at + kLocalBytes, name_bytes)) != record.name ||
      load_le<std::uint16_t>(header + 8) != 0 ||
      (load_le<std::uint16_t>(header + 6) & kEncrypted) != 0 ||
      contradicts(load_le<std::uint32_t>(header + 18), record.bytes) ||
      contradicts(load_le<std::uint32_t>(header + 22), record.bytes)) {
    refuse_zip(file_name, entry + ": its own header contradicts the directory");
  }
  data = file.subspan(start, record.bytes);
  return {at, start + record.bytes};
}

}  // namespace

ZipArchive::ZipArchive(ByteSpan file, const std::string& file_name) {
  const ZipDirectory directory = read_zip_directory(file, file_name);
  std::vector<Extent> extents;
  for (const ZipRecord& record : directory.records) {
    ZipEntry entry{record.name, {}};
    extents.push_back(locate(file, record, directory.start, file_name, entry.data));
    if (!index_.emplace(entry.name, entries_.size()).second) {
      refuse_zip(file_name, "two entries are named " + in_quotes(entry.name));
    }
    entries_.push_back(entry);
  }
  std::sort(extents.begin(), extents.end(),
            [](const Extent& a, const Extent& b) { return a.start < b.start; });
  for (std::size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].start < extents[i - 1].end) {
      refuse_zip(file_name, "two entries overlap at byte " + std::to_string(extents[i].start));
    }
  }
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entries_[found->second];
}

}  // namespace corticast::weights
