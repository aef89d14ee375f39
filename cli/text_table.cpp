#include "cli/text_table.h"

#include <algorithm>
#include <iostream>

#include "cli/words.h"

namespace corticast::cli {

void print_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.empty() ? 0 : rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], printable(row[i]).size());
    }
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = printable(row[i]);
      const std::string blanks(widths[i] - cell.size(), ' ');
      if (i == 0) {
        std::cout << cell << blanks;
      } else {
        std::cout << "  " << blanks << cell;
      }
    }
    std::cout << "\n";
  }
}

}  // namespace corticast::cli
