// Float memory for kernels: begins on a cache line, and where it spans several megabytes the system
// is asked for huge pages, because a walk through hundreds of megabytes of small pages misses the
// address cache at every step. Owner; movable. Contents start
// undefined.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace corticast::kernels::cpu {

class Buffer {
 public:
  static constexpr std::size_t kAlignment = 64;
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  Buffer() = default;
  // Throws std::bad_alloc.
  explicit Buffer(std::size_t floats) : size_(floats) {
    const std::size_t bytes = floats * sizeof(float) + 1;  // never nothing
    const bool huge = bytes > 2 * kHugePage;
    void* memory = nullptr;
    if (floats > max_floats() ||
        posix_memalign(&memory, huge ? kHugePage : kAlignment, bytes) != 0) {
      throw std::bad_alloc();
    }
    // A wish: where it is refused, small pages are merely slower.
    if (huge) static_cast<void>(madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE));
    data_.reset(static_cast<float*>(memory));
  }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* pointer) const { std::free(pointer); }
  };
  static constexpr std::size_t max_floats() { return ~std::size_t{0} / sizeof(float) - 1; }

  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace corticast::kernels::cpu
