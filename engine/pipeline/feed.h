// Where a run's images come from, as the pipeline sees it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/backend/backend.h"
#include "engine/image/source.h"
#include "engine/output/writer.h"

namespace corticast {

struct ImageFeed {
  std::size_t size = 0;
  // Writes image k, uint8 [224, 224, 3] or what the program takes; throws Error{kImage} with the
  // reason. Called from many threads at once.
  std::function<void(std::size_t k, std::uint8_t* out)> load;
  std::function<std::string(std::size_t k)> name;  // for messages
  std::size_t image_bytes = kImageBytes;
};

// The source must outlive the feed.
ImageFeed feed_of(const ImageSource& source);

// Only images rows.first .. rows.first + rows.count, numbered from 0: what a shard computes.
ImageFeed feed_of(const ImageSource& source, RowRange rows);

}  // namespace corticast
