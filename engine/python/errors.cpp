#include "engine/python/errors.h"

#include <nanobind/nanobind.h>

#include <exception>
#include <string>

#include "engine/api/corticast.hpp"
#include "engine/python/failure.h"

namespace nb = nanobind;

namespace corticast_python {
namespace {

// File names are bytes; Python keeps those that are not UTF-8 as surrogates, as os.fsdecode does.
nb::object text(const std::string& bytes) {
  return nb::steal(
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape"));
}

void set(int code, const char* message, const std::string& hint) {
  const nb::object error =
      nb::module_::import_("corticast._errors").attr("make")(code, text(message), text(hint));
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

void translate_errors() {
  nb::register_exception_translator(translate);
}

}  // namespace corticast_python
