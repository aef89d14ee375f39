#include "engine/pipeline/feed.h"

namespace corticast {

ImageFeed feed_of(const ImageSource& source) {
  return {source.size(), [&source](std::size_t k, std::uint8_t* out) { source.load(k, out); },
          [&source](std::size_t k) { return source.name(k); }};
}

}  // namespace corticast
