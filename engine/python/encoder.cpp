#include "engine/python/encoder.h"

#include <deque>
#include <memory>
#include <utility>

#include "engine/python/buffers.h"
#include "engine/python/errors.h"

namespace nb = nanobind;

namespace corticast_python {
namespace {

constexpr int kReadStrided = PyBUF_STRIDED_RO | PyBUF_FORMAT;
constexpr int kReadContiguous = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT;
constexpr int kWriteContiguous = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | PyBUF_WRITABLE;

// What this thread is in the middle of: the library tells progress on the thread that called it.
// A progress function may call other encoders.
struct Call {
  const PythonEncoder* encoder;
  nb::handle progress;
  const Call* outer;
};
thread_local const Call* current_call = nullptr;

bool report(std::size_t done, std::size_t total) {
  const nb::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
  const nb::handle progress = current_call->progress;
  if (!progress.is_none()) progress(done, total);
  return true;
}

corticast::Encoder made(const corticast::Model& model, corticast::Options options, nb::object log) {
  // Shared, so that copies of the function need no GIL; the last goes with the encoder, under it.
  const auto logger = std::make_shared<nb::object>(std::move(log));
  options.log = [logger](const std::string& message) {
    const nb::gil_scoped_acquire gil;
    (*logger)(text_of(message));
  };
  options.progress = report;
  const nb::gil_scoped_release no_gil;
  return corticast::Encoder(model, options);
}

struct Outputs {
  std::deque<Buffer> buffers;
  std::vector<float*> pointers;

  Outputs(const nb::list& arrays, const corticast::Encoder& encoder, std::size_t images) {
    if (arrays.size() != encoder.targets()) throw nb::type_error("one output for each target");
    pointers.reserve(arrays.size());
    const auto columns = static_cast<Py_ssize_t>(encoder.columns());
    for (const nb::handle array : arrays) {
      buffers.emplace_back(array, kWriteContiguous);
      pointers.push_back(responses_of(buffers.back(), static_cast<Py_ssize_t>(images), columns));
    }
  }
};

}  // namespace

PythonEncoder::PythonEncoder(const corticast::Model& model, corticast::Options options,
                             nb::object log)
    : encoder_(made(model, std::move(options), std::move(log))) {}

void PythonEncoder::call(nb::handle progress, const std::function<void()>& work) {
  for (const Call* outer = current_call; outer != nullptr; outer = outer->outer) {
    if (outer->encoder == this) {
      throw nb::value_error("a progress function must not use the encoder that calls it");
    }
  }
  const Call call{this, progress, current_call};
  struct Restore {
    const Call* outer;
    ~Restore() { current_call = outer; }
  } const restore{current_call};
  current_call = &call;
  const nb::gil_scoped_release no_gil;
  work();
}

void PythonEncoder::encode_images(const nb::list& views, const nb::list& outputs,
                                  nb::handle progress) {
  std::deque<Buffer> buffers;
  std::vector<corticast::Image> images;
  images.reserve(views.size());
  for (const nb::handle view : views) {
    buffers.emplace_back(view, kReadStrided);
    images.push_back(image_of(buffers.back()));
  }
  const Outputs to(outputs, encoder_, images.size());
  call(progress, [&] { encoder_.encode(images.data(), images.size(), to.pointers.data()); });
}

void PythonEncoder::encode_normalised(nb::handle input, const nb::list& outputs,
                                      nb::handle progress) {
  const Buffer buffer(input, kReadContiguous);
  const float* values = normalised_of(buffer);
  const auto n = static_cast<std::size_t>(buffer.view().shape[0]);
  const Outputs to(outputs, encoder_, n);
  call(progress, [&] { encoder_.encode_normalised(values, n, to.pointers.data()); });
}

std::vector<std::tuple<std::string, std::string, std::string>> PythonEncoder::targets() const {
  std::vector<std::tuple<std::string, std::string, std::string>> all;
  const std::size_t targets = encoder_.targets();
  all.reserve(targets);
  for (std::size_t t = 0; t < targets; ++t) {
    all.emplace_back(encoder_.target_name(t), encoder_.target_dataset(t),
                     encoder_.target_subject(t));
  }
  return all;
}

std::vector<std::string> PythonEncoder::names() const {
  std::vector<std::string> all;
  const std::size_t columns = encoder_.columns();
  all.reserve(columns);
  for (std::size_t column = 0; column < columns; ++column) {
    all.push_back(encoder_.column_name(column));
  }
  return all;
}

}  // namespace corticast_python
