// Memory that runs out on request: this executable's operator new and malloc.
#pragma once

#include <cstdint>
#include <string>

namespace corticast::test {

enum class Memory {
  kOurs,    // operator new, whoever calls it, and malloc and its kin called by this executable
  kTheirs,  // malloc and its kin called by shared libraries: HDF5, libjpeg, libpng, OpenSSL, OpenMP
};

// False where malloc belongs to a sanitizer: then kOurs is operator new and kTheirs never fails.
bool can_fail_malloc();

// For the life of the object, allocation number `nth` (1: the next) fails, whichever thread asks;
// if `lasting`, all later ones as well. One at a time.
class FailingMemory {
 public:
  FailingMemory(Memory whose, std::uint64_t nth, bool lasting);
  ~FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;

  // Whether an allocation has failed.
  bool hit() const { return asked() >= nth_; }
  // Allocations so far.
  std::uint64_t asked() const;

 private:
  std::uint64_t nth_;
};

// File name of the library (or program) that asked for the allocation of malloc and its kin that
// failed since the last call, here or in a child forked since; "" if none did. The first call says
// from when on that is kept.
std::string last_refused();

}  // namespace corticast::test
