// Exceptions of the library as Python's.
#pragma once

#include <nanobind/nanobind.h>

#include <string>

namespace corticast_python {

// corticast::Error and Failure become corticast.Error or one of its kinds (_errors.py). Call it
// once, when the module is made.
void translate_errors();

// File names are bytes; Python keeps those that are not UTF-8 as surrogates, as os.fsdecode does.
nanobind::object text_of(const std::string& bytes);

}  // namespace corticast_python
