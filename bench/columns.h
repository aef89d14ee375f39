// What a row says, column by column: the schema of the machine-readable formats (README.md).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "bench/row.h"

namespace corticast::bench {

using Value = std::variant<std::monostate, std::string, std::uint64_t, double, bool>;

struct Column {
  const char* key;
  Value (*value)(const Row& row);  // monostate: does not apply, or is not known
};

// In their stable order; new ones are added at the end.
const std::vector<Column>& columns();

}  // namespace corticast::bench
