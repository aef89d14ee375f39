// Tables for people on stdout.
#pragma once

#include <string>
#include <vector>

namespace corticast::cli {

// Rows of equally many cells in aligned columns, the first to the left, the others to the right.
void print_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace corticast::cli
