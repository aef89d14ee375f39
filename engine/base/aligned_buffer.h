// Float memory aligned for vector loads. Owner; movable. Contents start undefined.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

#include "engine/base/checked_math.h"

namespace corticast {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  AlignedBuffer() = default;
  // Throws std::bad_alloc.
  explicit AlignedBuffer(std::size_t floats)
      : data_(static_cast<float*>(
            std::aligned_alloc(kAlignment, round_up(floats * sizeof(float) + 1, kAlignment)))),
        size_(floats) {
    if (!data_) throw std::bad_alloc();
  }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* pointer) const { std::free(pointer); }
  };
  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace corticast
