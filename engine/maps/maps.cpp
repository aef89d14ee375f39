#include "engine/maps/maps.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"

namespace corticast {

MemoryMaps::MemoryMaps(std::vector<std::string> names, std::size_t columns,
                       std::vector<std::int32_t> grayordinates, std::vector<float> values)
    : names_(std::move(names)),
      columns_(columns),
      grayordinates_(std::move(grayordinates)),
      values_(std::move(values)) {
  if (values_.size() != names_.size() * columns_ ||
      (!grayordinates_.empty() && grayordinates_.size() != columns_)) {
    throw Error(ErrorCode::kInternal, "maps whose names, columns and values do not agree");
  }
}

void MemoryMaps::read(RowRange range, float* out) const {
  if (range.first > names_.size() || range.count > names_.size() - range.first) {
    throw Error(ErrorCode::kInternal, "maps beyond the last one");
  }
  std::copy_n(values_.data() + range.first * columns_, range.count * columns_, out);
}

}  // namespace corticast
