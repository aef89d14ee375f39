// OUT.part: where an output grows under an advisory lock until it is complete and takes its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace corticast {

// Owner of the unfinished file and its lock. The lock is the operating system's (flock), so it
// disappears with its owner, however that dies. Errors are kOutput. Not thread-safe.
class PartFile {
 public:
  // Opens destination + ".part", or creates it, and locks it; what it holds stays. Throws if
  // another process holds it (which one, where the file system can tell) or the destination is a
  // folder.
  explicit PartFile(std::filesystem::path destination);
  // Unlocks, and removes the file if it is one that empty() or the constructor made and keep() was
  // not called.
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // True if an earlier run had left something there.
  bool leftover() const { return leftover_; }
  // False on a file system that has no locks.
  bool locked() const { return locked_; }
  // Throws, with both numbers, if the disk has no room for `bytes` more.
  void require_space(std::uint64_t bytes) const;
  // Drops what the file holds.
  void empty();
  // Overwrites its first `bytes` (64 at most) with zeros.
  void blank(std::size_t bytes);
  // Gives the file this size before anything refers to its end.
  void extend(std::uint64_t bytes);
  // From now on what has been written is worth keeping.
  void keep() { remove_ = false; }
  // Lets the disk begin with what has been written, without waiting for it: commit() finds the less
  // to do. A hint, which cannot fail.
  void begin_flush() const;
  // Flushes to disk, renames and unlocks. replace: whether an existing destination may be
  // overwritten.
  void commit(bool replace);

 private:
  std::filesystem::path destination_;
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool leftover_ = false;
  bool locked_ = true;
  bool remove_ = false;
};

// Bytes that the user may still write in the folder of `file`.
std::uint64_t free_bytes_beside(const std::filesystem::path& file);

}  // namespace corticast
