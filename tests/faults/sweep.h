// A piece of work that meets the failure of each of its allocations in turn.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <functional>

namespace corticast::test {

// Ends a test that hangs.
struct Watchdog {
  Watchdog() { ::alarm(300); }
  ~Watchdog() { ::alarm(0); }
};

// Fails allocation 1, 2, ... of `work`, each alone or with all that follow, until it needs no more
// (every fifth under a sanitizer); `after` looks at what each failure left behind, undisturbed.
// Work must end well or with an Error or std::bad_alloc, and leave neither a thread nor an open
// file. Returns how many failed.
std::uint64_t fail_each_allocation(bool lasting, const std::function<void()>& work,
                                   const std::function<void()>& after);

}  // namespace corticast::test
