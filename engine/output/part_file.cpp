#include "engine/output/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error,
                       const char* hint = "") {
  throw Error(ErrorCode::kOutput, path.string() + ": " + what + ": " + std::strerror(error), hint);
}

// File systems without locks (some network mounts) are written without one.
bool lock_unsupported(int error) {
  return error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP || error == EINVAL;
}

// True if `descriptor` is still the file that `path` names: its former owner may have renamed or
// removed it between our open and our lock.
bool still_named(int descriptor, const std::filesystem::path& path, struct stat& opened) {
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// Who holds the lock, for the message of those who may not: an attribute beside the contents, which
// goes away with the lock and which a file system may lack.
constexpr const char* kOwner = "user.corticast.writer";

// Takes no memory: whoever calls this has nothing yet that would close the file.
void write_owner(int descriptor) {
  char host[256] = {};
  if (::gethostname(host, sizeof(host) - 1) != 0) return;
  char owner[320];
  const int size =
      std::snprintf(owner, sizeof(owner), "process %d on %s", static_cast<int>(::getpid()), host);
  (void)::fsetxattr(descriptor, kOwner, owner, static_cast<std::size_t>(size), 0);
}

std::string owner_of(const std::filesystem::path& path) {
  char owner[512];
  const ssize_t size = ::getxattr(path.c_str(), kOwner, owner, sizeof(owner));
  return size <= 0 ? "" : " (" + std::string(owner, static_cast<std::size_t>(size)) + ")";
}

int rename_no_replace(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  return ::rename(from, to);  // a file system without that flag; the caller looked beforehand
}

void sync_folder(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)::fsync(descriptor);  // makes the new name durable; the data already are
  ::close(descriptor);
}

}  // namespace

PartFile::PartFile(std::filesystem::path destination)
    : destination_(std::move(destination)), path_(destination_.string() + ".part") {
  refuse_folder(destination_);
  struct stat status {};
  for (;;) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      fail(path_, "cannot create", errno, "Check that the output folder exists and is writable.");
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      locked_ = false;
      if (!lock_unsupported(error)) {
        ::close(descriptor_);
        if (error == EINTR) continue;
        if (error != EWOULDBLOCK) fail(path_, "cannot lock", error);
        throw Error(ErrorCode::kOutput,
                    path_.string() + ": another process is writing this output" + owner_of(path_),
                    "Wait for it to finish, or give another output name.");
      }
    }
    if (still_named(descriptor_, path_, status)) break;
    ::close(descriptor_);
  }
  leftover_ = status.st_size > 0;
  remove_ = !leftover_;
  write_owner(descriptor_);
}

PartFile::~PartFile() {
  if (descriptor_ < 0) return;
  if (remove_) ::unlink(path_.c_str());
  (void)::fremovexattr(descriptor_, kOwner);
  ::close(descriptor_);
}

void PartFile::empty() {
  if (::ftruncate(descriptor_, 0) != 0) fail(path_, "cannot empty", errno);
  remove_ = true;
}

void PartFile::blank(std::size_t bytes) {
  constexpr std::array<char, 64> kZeros{};
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t put =
        ::pwrite(descriptor_, kZeros.data(), bytes - done, static_cast<off_t>(done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail(path_, "cannot write", errno);
    done += static_cast<std::size_t>(put);
  }
}

void PartFile::extend(std::uint64_t bytes) {
  struct stat status {};
  if (::fstat(descriptor_, &status) == 0 && static_cast<std::uint64_t>(status.st_size) >= bytes) {
    return;
  }
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
    fail(path_, "cannot extend", errno);
  }
}

void PartFile::require_space(std::uint64_t bytes) const {
  const std::uint64_t free = free_bytes_beside(path_);
  if (bytes <= free) return;
  throw Error(ErrorCode::kOutput,
              destination_.string() + ": needs " + grouped(bytes) + " bytes, the disk has " +
                  grouped(free) + " free",
              "Free some space, choose another disk, or select fewer subjects or vertices.");
}

void PartFile::begin_flush() const {
  (void)::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void PartFile::commit(bool replace) {
  if (::fsync(descriptor_) != 0) fail(path_, "cannot flush to disk", errno);
  if ((replace ? ::rename(path_.c_str(), destination_.c_str())
               : rename_no_replace(path_.c_str(), destination_.c_str())) != 0) {
    fail(destination_, "cannot give the finished file its name", errno,
         "The complete result is in the .part file; rename it by hand.");
  }
  (void)::fremovexattr(descriptor_, kOwner);
  ::close(std::exchange(descriptor_, -1));  // unlocks: HDF5 readers respect the lock
  sync_folder(destination_);
}

std::uint64_t free_bytes_beside(const std::filesystem::path& file) {
  std::error_code error;
  const auto space =
      std::filesystem::space(file.has_parent_path() ? file.parent_path() : ".", error);
  if (error) {
    throw Error(ErrorCode::kOutput, file.string() + ": cannot use its folder: " + error.message(),
                "Create the output folder first.");
  }
  return space.available;
}

}  // namespace corticast
