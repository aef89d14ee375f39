// Output files of whole runs against the goldens.
#pragma once

#include <string>

#include "tests/output/support.h"
#include "tests/support/npz.h"

namespace corticast::test {

// CHECKs every row of a dataset [images, columns] against float64 values: relative L2 3e-6, largest
// error 5e-6 of the largest value, the bounds of float32 on every device.
void check_responses(const ReadFile& file, const std::string& path, const Array& expected);

}  // namespace corticast::test
