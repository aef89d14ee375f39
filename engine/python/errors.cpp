#include "engine/python/errors.h"

#include <exception>
#include <string>

#include "engine/api/corticast.hpp"
#include "engine/python/failure.h"

namespace nb = nanobind;

namespace corticast_python {
namespace {

void set(int code, const char* message, const std::string& hint) {
  const nb::object error =
      nb::module_::import_("corticast._errors").attr("make")(code, text_of(message), text_of(hint));
  PyErr_SetObject(error.type().ptr(), error.ptr());
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const corticast::Error& error) {
    set(error.code(), error.what(), error.hint());
  } catch (const Failure& failure) {
    set(failure.code(), failure.what(), failure.hint());
  }
}

}  // namespace

nb::object text_of(const std::string& bytes) {
  PyObject* text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape");
  if (text == nullptr) throw nb::python_error();
  return nb::steal(text);
}

void translate_errors() {
  nb::register_exception_translator(translate);
}

}  // namespace corticast_python
