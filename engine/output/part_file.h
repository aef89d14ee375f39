// OUT.part: where an output grows under an advisory lock until it is complete and takes its name.
#pragma once

#include <cstdint>
#include <filesystem>

namespace corticast {

// Owner of the unfinished file and its lock. The lock is the operating system's (flock), so it
// disappears with its owner, however that dies. Errors are kOutput. Not thread-safe.
class PartFile {
 public:
  // Creates (or empties) destination + ".part" and locks it. Throws if another process holds it or
  // the destination is a folder.
  explicit PartFile(std::filesystem::path destination);
  // Unlocks, and removes the file unless keep() or commit() was called.
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // True if an earlier run had left an unfinished file there.
  bool replaced_leftover() const { return replaced_leftover_; }
  // Throws, with both numbers, if the disk has no room for `bytes` more.
  void require_space(std::uint64_t bytes) const;
  // From now on what has been written is worth keeping.
  void keep() { keep_ = true; }
  // Flushes to disk, renames and unlocks. replace: whether an existing destination may be
  // overwritten.
  void commit(bool replace);

 private:
  std::filesystem::path destination_;
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool replaced_leftover_ = false;
  bool keep_ = false;
};

// Bytes that the user may still write in the folder of `file`.
std::uint64_t free_bytes_beside(const std::filesystem::path& file);

}  // namespace corticast
