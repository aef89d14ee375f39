// Patterns over the vertices of an area, ready for correlations: centred and of unit length, so
// that a product of two is their Pearson correlation.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace corticast {

// Which rows and columns of some maps can take part.
class FiniteValues {
 public:
  explicit FiniteValues(std::size_t columns) : missing_(columns, 0) {}
  // values: [rows, columns()]. A row without any finite value (an image that failed) is told by
  // row_is_empty() of the same values and says nothing about columns.
  void add(const float* values, std::size_t rows);
  std::size_t columns() const { return missing_.size(); }
  // True where every row that counted has a finite value.
  bool finite(std::size_t column) const { return missing_[column] == 0; }

 private:
  std::vector<char> missing_;
};

bool row_is_empty(std::span<const float> row);

// values: [rows, columns]; picks `chosen` columns of each row into out [rows, chosen.size()], minus
// their mean, divided by their length, in double. A row whose values are all equal, or are not all
// finite, is all NaN: it correlates with nothing.
void unit_patterns(const float* values, std::size_t rows, std::size_t columns,
                   std::span<const std::size_t> chosen, float* out);

}  // namespace corticast
