#include "engine/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace corticast {
namespace {

[[noreturn]] void fail(ErrorCode code, const std::filesystem::path& path, const char* what) {
  const int saved = errno;
  throw Error(code, path.string() + ": " + what + ": " + std::strerror(saved),
              saved == ENOSPC ? "Free some disk space and run the same command again." : "");
}

// A descriptor that closes itself.
class Descriptor {
 public:
  // Not blocking: opening a pipe that nobody writes to must be refused, not waited for.
  Descriptor(const std::filesystem::path& path, ErrorCode code)
      : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    if (fd_ < 0) fail(code, path, "cannot open");
    struct stat status {};
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(fd_);
      throw Error(code, path.string() + ": not a regular file");
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  std::uint64_t size() const { return size_; }

 private:
  int fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, ErrorCode code) {
  const Descriptor file(path, code);
  if (file.size() == 0) return;
  void* address = ::mmap(nullptr, file.size(), PROT_READ, MAP_SHARED, file.get(), 0);
  if (address == MAP_FAILED) fail(code, path, "cannot map into memory");
  data_ = static_cast<const std::byte*>(address);
  size_ = file.size();
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void MappedFile::advise(ByteSpan part, int advice) const {
  if (part.empty()) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto first = static_cast<std::size_t>(part.data() - data_) / page * page;
  const auto last = static_cast<std::size_t>(part.data() - data_) + part.size();
  (void)::madvise(const_cast<std::byte*>(data_ + first), last - first, advice);
}

void MappedFile::forget(ByteSpan part) const {
  advise(part, MADV_DONTNEED);
}

void MappedFile::expect_scattered_reads() const {
  advise(bytes(), MADV_RANDOM);
}

void MappedFile::will_need(ByteSpan part) const {
  // Linux reads at most one read-ahead window (128 KiB by default) per call.
  constexpr std::size_t kWindow = 128u << 10;
  for (std::size_t at = 0; at < part.size(); at += kWindow) {
    advise(part.subspan(at, std::min(kWindow, part.size() - at)), MADV_WILLNEED);
  }
}

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t cap,
                                 ErrorCode code) {
  const Descriptor file(path, code);
  if (file.size() > cap) {
    throw Error(code, path.string() + ": " + std::to_string(file.size()) +
                          " bytes, more than the limit of " + std::to_string(cap));
  }
  std::vector<std::byte> bytes(file.size());
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(code, path, "read error");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

bool is_taken(const std::filesystem::path& path) noexcept {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

void refuse_folder(const std::filesystem::path& destination) {
  std::error_code ignored;
  if (std::filesystem::is_directory(std::filesystem::symlink_status(destination, ignored))) {
    throw Error(ErrorCode::kOutput, destination.string() + ": is a folder, expected a file name",
                "Give another output name.");
  }
}

PendingFile::PendingFile(std::filesystem::path destination) : destination_(std::move(destination)) {
  refuse_folder(destination_);
  temporary_ = destination_.string() + ".XXXXXX";
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) fail(ErrorCode::kOutput, destination_, "cannot create a file beside it");
  const mode_t mask = ::umask(0);
  ::umask(mask);
  (void)::fchmod(descriptor_, 0666 & ~mask);
}

PendingFile::~PendingFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void PendingFile::write(const void* data, std::size_t bytes) {
  write_at(size_, data, bytes);
}

void PendingFile::write_at(std::uint64_t offset, const void* data, std::size_t bytes) {
  const char* from = static_cast<const char*>(data);
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t put =
        ::pwrite(descriptor_, from + done, bytes - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail(ErrorCode::kOutput, destination_, "write error");
    done += static_cast<std::size_t>(put);
  }
  size_ = std::max(size_, offset + bytes);
}

void PendingFile::commit() {
  if (::fsync(descriptor_) != 0) fail(ErrorCode::kOutput, destination_, "cannot flush to disk");
  const int descriptor = std::exchange(descriptor_, -1);
  const bool closed = ::close(descriptor) == 0;
  if (!closed || ::rename(temporary_.c_str(), destination_.c_str()) != 0) {
    const int saved = errno;
    ::unlink(temporary_.c_str());
    errno = saved;
    fail(ErrorCode::kOutput, destination_, "cannot finish the file");
  }
}

}  // namespace corticast
