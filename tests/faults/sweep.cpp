#include "tests/faults/sweep.h"

#include <malloc.h>

#include <chrono>
#include <filesystem>
#include <new>
#include <thread>

#include "engine/base/error.h"
#include "tests/faults/allocations.h"
#include "tests/support/catch.h"

namespace corticast::test {
namespace {

namespace fs = std::filesystem;

// What was left behind stays: it is looked for after so many failures.
constexpr std::uint64_t kCounted = 8;

std::size_t entries(const char* folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// A thread that was joined may still be listed for a moment.
std::size_t settled_threads(std::size_t expected) {
  std::size_t threads = entries("/proc/self/task");
  for (int i = 0; i < 1000 && threads > expected; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    threads = entries("/proc/self/task");
  }
  return threads;
}

// Whether `work` ended in a way that its caller can be asked to bear.
bool ended_well(const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const Error&) {
    return true;
  } catch (const std::bad_alloc&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

std::uint64_t fail_each_allocation(bool lasting, const std::function<void()>& work,
                                   const std::function<void()>& after) {
#ifdef M_TRIM_THRESHOLD
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);  // what one round gives back, the next one wants
  ::mallopt(M_MMAP_THRESHOLD, 1 << 25);
#endif
  work();
  const std::size_t threads = entries("/proc/self/task");
  const std::size_t descriptors = entries("/proc/self/fd");
  // A sanitizer takes many times as long: there every fifth fails, here all of them.
  const std::uint64_t step = can_fail_malloc() ? 1 : 5;
  std::uint64_t failed = 0;
  for (std::uint64_t i = 1;; i += step) {
    CAPTURE(i, lasting);
    bool well = false;
    bool hit = false;
    {
      const FailingMemory memory(Memory::kOurs, i, lasting);
      well = ended_well(work);
      hit = memory.hit();
    }
    if (!well) FAIL_CHECK("an exception of another kind");
    if (failed % kCounted == 0 || !hit) {
      if (settled_threads(threads) > threads) FAIL("a thread was left behind");
      if (entries("/proc/self/fd") > descriptors) FAIL("a file was left open");
    }
    after();
    if (!hit) return failed;
    ++failed;
  }
}

}  // namespace corticast::test
