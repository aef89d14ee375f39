#include "weights_tool/checkpoint/zip_directory.h"

#include <algorithm>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "weights_tool/checkpoint/in_quotes.h"

namespace corticast::weights {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kRecordSignature = 0x02014b50;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kEnd64Bytes = 56;
constexpr std::uint64_t kLocator64Bytes = 20;
constexpr std::uint64_t kRecordBytes = 46;
constexpr std::uint64_t kLongestComment = 0xFFFF;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // a 32-bit field whose value is in the zip64 record
constexpr std::uint16_t kCountIn64 = 0xFFFF;
constexpr std::uint64_t kMostEntries = 1u << 16;  // the largest published checkpoint has 330
// Encrypted, patched, strongly encrypted, masked header.
constexpr std::uint16_t kRefusedFlags = 1u << 0 | 1u << 5 | 1u << 6 | 1u << 13;

template <typename T>
T field(ByteSpan file, std::uint64_t at) {
  return load_le<T>(file.data() + at);
}

// The end record is the last thing in the file; its comment must end exactly there.
std::uint64_t find_end(ByteSpan file, const std::string& name) {
  if (file.size() >= kEndBytes) {
    const std::uint64_t last = file.size() - kEndBytes;
    const std::uint64_t first = last - std::min(last, kLongestComment);
    for (std::uint64_t at = last + 1; at-- > first;) {
      if (field<std::uint32_t>(file, at) == kEndSignature &&
          at + kEndBytes + field<std::uint16_t>(file, at + 20) == file.size()) {
        return at;
      }
    }
  }
  refuse_zip(name, "no end-of-archive record; the file is cut short");
}

struct End {
  std::uint64_t count;
  std::uint64_t bytes;
  std::uint64_t start;
  std::uint64_t limit;  // the directory must end here
};

// Replaces `value` by the zip64 one if its field says so; otherwise both must agree.
void merge64(std::uint64_t& value, bool saturated, std::uint64_t wide, const std::string& name) {
  if (saturated) {
    value = wide;
  } else if (value != wide) {
    refuse_zip(name, "the zip64 end record contradicts the end record (" + std::to_string(wide) +
                         " and " + std::to_string(value) + ")");
  }
}

End read_end(ByteSpan file, const std::string& name) {
  const std::uint64_t at = find_end(file, name);
  if (field<std::uint16_t>(file, at + 4) != 0 && field<std::uint16_t>(file, at + 4) != 0xFFFF) {
    refuse_zip(name, "split over several disks");
  }
  const auto count = field<std::uint16_t>(file, at + 10);
  const auto bytes = field<std::uint32_t>(file, at + 12);
  const auto start = field<std::uint32_t>(file, at + 16);
  End end{count, bytes, start, at};
  const bool has64 = at >= kLocator64Bytes &&
                     field<std::uint32_t>(file, at - kLocator64Bytes) == kLocator64Signature;
  if (has64) {
    const std::uint64_t locator = at - kLocator64Bytes;
    const auto at64 = field<std::uint64_t>(file, locator + 8);
    if (!fits(at64, kEnd64Bytes, locator) || field<std::uint32_t>(file, at64) != kEnd64Signature) {
      refuse_zip(name, "the zip64 locator points to byte " + std::to_string(at64) +
                           ", where no zip64 end record is");
    }
    merge64(end.count, count == kCountIn64, field<std::uint64_t>(file, at64 + 32), name);
    merge64(end.bytes, bytes == kIn64, field<std::uint64_t>(file, at64 + 40), name);
    merge64(end.start, start == kIn64, field<std::uint64_t>(file, at64 + 48), name);
    end.limit = at64;
  } else if (count == kCountIn64 || bytes == kIn64 || start == kIn64) {
    refuse_zip(name, "the zip64 end record is missing");
  }
  return end;
}

// Takes the 64-bit values that the record's 32-bit fields refer to from its zip64 extra field.
void apply_zip64_extra(ByteSpan extra, bool size64, bool start64, ZipRecord& record,
                       const std::string& name) {
  constexpr std::uint16_t kZip64 = 1;
  std::uint64_t at = 0;
  while (fits(at, 4, extra.size())) {
    const auto id = field<std::uint16_t>(extra, at);
    const std::uint64_t length = field<std::uint16_t>(extra, at + 2);
    at += 4;
    if (!fits(at, length, extra.size())) break;
    if (id == kZip64) {
      const std::uint64_t needed = (size64 ? 16u : 0u) + (start64 ? 8u : 0u);
      if (length < needed) break;
      if (size64) {
        record.bytes = field<std::uint64_t>(extra, at);
        if (field<std::uint64_t>(extra, at + 8) != record.bytes) {
          refuse_zip(name, "entry " + in_quotes(record.name) + " is compressed");
        }
      }
      if (start64) record.header_start = field<std::uint64_t>(extra, at + (size64 ? 16 : 0));
      return;
    }
    at += length;
  }
  if (size64 || start64) {
    refuse_zip(name, "entry " + in_quotes(record.name) + " lacks its zip64 sizes");
  }
}

// Parses the record at `at` and advances past it.
ZipRecord read_record(ByteSpan directory, std::uint64_t& at, const std::string& name) {
  if (!fits(at, kRecordBytes, directory.size()) ||
      field<std::uint32_t>(directory, at) != kRecordSignature) {
    refuse_zip(name, "its directory is damaged at entry byte " + std::to_string(at));
  }
  const std::uint64_t name_bytes = field<std::uint16_t>(directory, at + 28);
  const std::uint64_t extra_bytes = field<std::uint16_t>(directory, at + 30);
  const std::uint64_t comment_bytes = field<std::uint16_t>(directory, at + 32);
  const std::uint64_t variable = at + kRecordBytes;
  const std::uint64_t variable_bytes = name_bytes + extra_bytes + comment_bytes;
  if (!fits(variable, variable_bytes, directory.size())) {
    refuse_zip(name, "its directory is cut short");
  }
  ZipRecord record;
  record.name = as_text(directory.subspan(variable, name_bytes));
  if ((field<std::uint16_t>(directory, at + 8) & kRefusedFlags) != 0) {
    refuse_zip(name, "entry " + in_quotes(record.name) + " is encrypted or patched");
  }
  const auto method = field<std::uint16_t>(directory, at + 10);
  const auto stored = field<std::uint32_t>(directory, at + 20);
  const auto full = field<std::uint32_t>(directory, at + 24);
  if (method != 0 || stored != full) {
    refuse_zip(name, "entry " + in_quotes(record.name) + " is compressed (method " +
                         std::to_string(method) + "); PyTorch stores entries uncompressed");
  }
  const auto start = field<std::uint32_t>(directory, at + 42);
  record.bytes = full;
  record.header_start = start;
  apply_zip64_extra(directory.subspan(variable + name_bytes, extra_bytes), full == kIn64,
                    start == kIn64, record, name);
  at = variable + variable_bytes;
  return record;
}

}  // namespace

void refuse_zip(const std::string& file_name, const std::string& what) {
  throw Error(ErrorCode::kModel, file_name + ": not a usable PyTorch zip file: " + what,
              "Download or save the checkpoint again.");
}

ZipDirectory read_zip_directory(ByteSpan file, const std::string& file_name) {
  const End end = read_end(file, file_name);
  if (end.count > kMostEntries) {
    refuse_zip(file_name, std::to_string(end.count) + " entries, more than the limit of " +
                              std::to_string(kMostEntries));
  }
  if (!fits(end.start, end.bytes, end.limit)) {
    refuse_zip(file_name, "its directory (" + std::to_string(end.bytes) + " bytes at " +
                              std::to_string(end.start) + ") reaches past byte " +
                              std::to_string(end.limit));
  }
  ZipDirectory directory;
  directory.start = end.start;
  const ByteSpan bytes = file.subspan(end.start, end.bytes);
  std::uint64_t at = 0;
  for (std::uint64_t i = 0; i < end.count; ++i) {
    directory.records.push_back(read_record(bytes, at, file_name));
  }
  if (at != bytes.size()) {
    refuse_zip(file_name, std::to_string(bytes.size() - at) + " directory bytes beyond the " +
                              std::to_string(end.count) + " entries it announces");
  }
  return directory;
}

}  // namespace corticast::weights
