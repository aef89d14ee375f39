#include "engine/pipeline/feed.h"

namespace corticast {

ImageFeed feed_of(const ImageSource& source) {
  return feed_of(source, {0, source.size()});
}

ImageFeed feed_of(const ImageSource& source, RowRange rows) {
  return {rows.count,
          [&source, rows](std::size_t k, std::uint8_t* out) { source.load(rows.first + k, out); },
          [&source, rows](std::size_t k) { return source.name(rows.first + k); }};
}

}  // namespace corticast
