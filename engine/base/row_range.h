// Some consecutive rows of a table.
#pragma once

#include <cstddef>

namespace corticast {

// Rows first .. first + count.
struct RowRange {
  std::size_t first = 0;
  std::size_t count = 0;

  bool operator==(const RowRange&) const = default;
};

}  // namespace corticast
