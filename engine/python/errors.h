// Exceptions of the library as Python's.
#pragma once

namespace corticast_python {

// corticast::Error and Failure become corticast.Error or one of its kinds (_errors.py). Call it
// once, when the module is made.
void translate_errors();

}  // namespace corticast_python
