#include "tests/faults/calls.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>

namespace corticast::test {
namespace {

bool armed = false;
std::string watched;
std::uint64_t failing = 0;
Fault fault = Fault::kNoSpace;
std::uint64_t call_count = 0;
std::uint64_t write_count = 0;

bool is_watched(int descriptor) {
  if (!armed) return false;
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  char path[PATH_MAX];
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return length > 0 && std::string_view(path, static_cast<std::size_t>(length)).find(watched) !=
                           std::string_view::npos;
}

// Counts one call. The error that it shall end with, if any.
std::optional<int> refusal() {
  ++call_count;
  if (failing == 0 || call_count < failing) return std::nullopt;
  if (fault == Fault::kNoSpace) return ENOSPC;
  if (call_count > failing) return std::nullopt;
  if (fault == Fault::kBroken) return EIO;
  if (fault == Fault::kInterrupted) return EINTR;
  return std::nullopt;
}

// Bytes that the write just counted may store.
std::size_t allowed(std::size_t bytes) {
  const bool cut = armed && fault == Fault::kShort && call_count == failing;
  return cut ? std::max<std::size_t>(bytes / 2, std::min<std::size_t>(bytes, 1)) : bytes;
}

// Does `call` unless this is the call to fail.
template <typename Call>
auto unless_failing(bool ours, Call call) -> decltype(call()) {
  if (ours) {
    if (const std::optional<int> error = refusal()) {
      errno = *error;
      return -1;
    }
  }
  return call();
}

ssize_t write_some(long number, int descriptor, const void* data, std::size_t bytes, off_t offset) {
  const bool ours = is_watched(descriptor);
  if (ours) ++write_count;
  return unless_failing(ours, [&] {
    return ::syscall(number, descriptor, data, ours ? allowed(bytes) : bytes, offset);
  });
}

int on_descriptor(long number, int descriptor, long argument) {
  return unless_failing(is_watched(descriptor),
                        [&] { return static_cast<int>(::syscall(number, descriptor, argument)); });
}

int rename_some(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  const bool ours = armed && std::string_view(from).find(watched) != std::string_view::npos;
  return unless_failing(ours, [&] {
    return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
  });
}

}  // namespace

FailingCalls::FailingCalls(std::string name, std::uint64_t nth, Fault what) {
  watched = std::move(name);
  failing = nth;
  fault = what;
  call_count = 0;
  write_count = 0;
  armed = true;
}

FailingCalls::~FailingCalls() {
  armed = false;
}

std::uint64_t FailingCalls::calls() const {
  return call_count;
}

std::uint64_t FailingCalls::writes() const {
  return write_count;
}

}  // namespace corticast::test

using namespace corticast::test;

extern "C" {

ssize_t write(int descriptor, const void* data, size_t bytes) {
  return write_some(SYS_write, descriptor, data, bytes, 0);
}

ssize_t pwrite(int descriptor, const void* data, size_t bytes, off_t offset) {
  return write_some(SYS_pwrite64, descriptor, data, bytes, offset);
}

ssize_t pwrite64(int descriptor, const void* data, size_t bytes, off64_t offset) {
  return write_some(SYS_pwrite64, descriptor, data, bytes, offset);
}

int ftruncate(int descriptor, off_t length) noexcept {
  return on_descriptor(SYS_ftruncate, descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) noexcept {
  return on_descriptor(SYS_ftruncate, descriptor, length);
}

int fsync(int descriptor) {
  return on_descriptor(SYS_fsync, descriptor, 0);
}

int fdatasync(int descriptor) {
  return on_descriptor(SYS_fdatasync, descriptor, 0);
}

int rename(const char* from, const char* to) noexcept {
  return rename_some(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  return rename_some(from_folder, from, to_folder, to, flags);
}

}  // extern "C"
