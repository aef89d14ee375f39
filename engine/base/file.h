// Files: a read-only memory map, a whole-file read with a cap, and a file that appears only when
// it is complete.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace corticast {

// A read-only memory map of a whole file. Owner; movable, not copyable. Immutable after
// construction, so any number of threads may read it. An empty file maps to an empty span.
class MappedFile {
 public:
  // Throws Error{code} naming the path when it cannot be opened, is no regular file, or cannot be
  // mapped.
  MappedFile(const std::filesystem::path& path, ErrorCode code);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  ByteSpan bytes() const { return {data_, size_}; }
  // Tells the kernel that these bytes are not needed for now, so that a pass over a file larger
  // than memory keeps a small resident set. The bytes stay readable.
  void forget(ByteSpan part) const;
  // Tells the kernel to read nothing ahead of a page that is touched: a reader of scattered rows
  // then reads those rows and little else.
  void expect_scattered_reads() const;
  // Asks the kernel to start reading these bytes now, all of them.
  void will_need(ByteSpan part) const;

 private:
  // madvise over the pages that hold `part`. Advice only: a failure costs speed or memory, never
  // correctness.
  void advise(ByteSpan part, int advice) const;

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Reads a whole file of at most `cap` bytes. Throws Error{code} naming the path and both sizes.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t cap,
                                 ErrorCode code);

// Whether something already has this name, be it a folder or a link that leads nowhere. Never
// throws: a name that cannot be looked up is left to whoever creates it.
bool is_taken(const std::filesystem::path& path) noexcept;

// Throws Error{kOutput} if `destination` is a folder, which no finished file can replace. Found
// before the work, not after it.
void refuse_folder(const std::filesystem::path& destination);

// A file written under a temporary name beside its destination, which replaces the destination in
// commit(). Destroyed without commit(), it removes the temporary file. Errors are kOutput. Not
// thread-safe.
class PendingFile {
 public:
  // Throws if the destination is a folder or nothing can be created beside it.
  explicit PendingFile(std::filesystem::path destination);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  void write(const void* data, std::size_t bytes);                           // at the end
  void write_at(std::uint64_t offset, const void* data, std::size_t bytes);  // over what is there
  std::uint64_t size() const { return size_; }
  // Flushes to disk and renames. Nothing may be written afterwards.
  void commit();

 private:
  std::filesystem::path destination_;
  std::string temporary_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace corticast
