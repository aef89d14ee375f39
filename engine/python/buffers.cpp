#include "engine/python/buffers.h"

#include <array>
#include <cstring>
#include <limits>

namespace nb = nanobind;

namespace corticast_python {
namespace {

constexpr Py_ssize_t kSide = 224;

bool has_format(const Buffer& buffer, const char* format) {
  return buffer.view().format != nullptr && std::strcmp(buffer.view().format, format) == 0;
}

template <std::size_t N>
bool has_shape(const Buffer& buffer, const std::array<Py_ssize_t, N>& shape) {
  if (buffer.view().ndim != static_cast<int>(N)) return false;
  for (std::size_t axis = 0; axis < N; ++axis) {
    if (buffer.view().shape[axis] != shape[axis]) return false;
  }
  return true;
}

}  // namespace

Buffer::Buffer(nb::handle object, int flags) {
  if (PyObject_GetBuffer(object.ptr(), &view_, flags) != 0) throw nb::python_error();
}

Buffer::~Buffer() {
  PyBuffer_Release(&view_);
}

corticast::Image image_of(const Buffer& buffer) {
  const Py_buffer& view = buffer.view();
  constexpr Py_ssize_t kMost = std::numeric_limits<std::int32_t>::max();
  if (!has_format(buffer, "B") || view.ndim != 3 || view.shape[2] != 3 || view.shape[0] > kMost ||
      view.shape[1] > kMost) {
    throw nb::type_error("an image is uint8 [height, width, 3]");
  }
  return {static_cast<const std::uint8_t*>(view.buf),
          static_cast<std::uint32_t>(view.shape[1]),
          static_cast<std::uint32_t>(view.shape[0]),
          view.strides[0],
          view.strides[1],
          view.strides[2]};
}

float* responses_of(const Buffer& buffer, Py_ssize_t images, Py_ssize_t columns) {
  if (!has_format(buffer, "f") || !has_shape<2>(buffer, {images, columns})) {
    throw nb::type_error("responses are float32 [images, columns]");
  }
  return static_cast<float*>(buffer.view().buf);
}

const float* normalised_of(const Buffer& buffer) {
  if (!has_format(buffer, "f") || buffer.view().ndim != 4 ||
      !has_shape<4>(buffer, {buffer.view().shape[0], 3, kSide, kSide})) {
    throw nb::type_error("normalised input is float32 [n, 3, 224, 224]");
  }
  return static_cast<const float*>(buffer.view().buf);
}

std::uint8_t* network_pixels_of(const Buffer& buffer) {
  if (!has_format(buffer, "B") || !has_shape<3>(buffer, {kSide, kSide, 3})) {
    throw nb::type_error("pixels are uint8 [224, 224, 3]");
  }
  return static_cast<std::uint8_t*>(buffer.view().buf);
}

}  // namespace corticast_python
