// NumPy's memory, through the buffer protocol: nothing is copied, strides may be negative.
#pragma once

#include <nanobind/nanobind.h>

#include "engine/api/corticast.hpp"

namespace corticast_python {

// A view of an object's memory, held until it is destroyed. To be made and destroyed with the GIL.
class Buffer {
 public:
  // flags: PyBUF_*. Throws nanobind::python_error.
  Buffer(nanobind::handle object, int flags);
  ~Buffer();
  Buffer(const Buffer&) = delete;  // some exporters keep pointers into the view
  Buffer& operator=(const Buffer&) = delete;

  const Py_buffer& view() const { return view_; }

 private:
  Py_buffer view_{};
};

// These throw nanobind::type_error for anything but what they name; the Python package has told
// users so before, in words of theirs.
corticast::Image image_of(const Buffer& buffer);  // uint8 [height, width, 3], any strides
float* responses_of(const Buffer& buffer, Py_ssize_t images, Py_ssize_t columns);
const float* normalised_of(const Buffer& buffer);       // float32 [n, 3, 224, 224], contiguous
std::uint8_t* network_pixels_of(const Buffer& buffer);  // uint8 [224, 224, 3], contiguous

}  // namespace corticast_python
