// Writing that fails on request: this executable's write(), pwrite(), ftruncate(), fsync(),
// rename() and their kin, which shared libraries call as well.
#pragma once

#include <cstdint>
#include <string>

namespace corticast::test {

enum class Fault {
  kNoSpace,      // this call and all later ones that write: ENOSPC
  kBroken,       // this call: EIO
  kInterrupted,  // this call: EINTR
  kShort,        // a write stores half of its bytes, at least one; any other call works
};

// For the life of the object, call number `nth` (1: the next) on a file whose path contains `name`
// fails, or none if 0. Calls of one thread at a time. One object at a time.
class FailingCalls {
 public:
  FailingCalls(std::string name, std::uint64_t nth, Fault fault);
  ~FailingCalls();
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;

  // Calls so far, of all kinds; of those, how many were pwrite().
  std::uint64_t calls() const;
  std::uint64_t writes() const;
};

}  // namespace corticast::test
