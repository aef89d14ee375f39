// Where a decoder puts an image's pixels, so that nobody need keep all of them.
#pragma once

#include <cstdint>

namespace corticast {

class RowSink {
 public:
  RowSink() = default;
  virtual ~RowSink() = default;
  RowSink(const RowSink&) = delete;
  RowSink& operator=(const RowSink&) = delete;

  // First, once. The size has passed check_image_size().
  virtual void begin(std::uint32_t width, std::uint32_t height) = 0;
  // Where to put the next row, from the top: [width, 3]. The row before it is complete.
  virtual std::uint8_t* next_row() = 0;
  // After the last row, and only if the decoder is content with the file.
  virtual void finish() = 0;
};

}  // namespace corticast
