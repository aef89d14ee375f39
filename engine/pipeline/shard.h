// The part of a run that one of several processes computes.
#pragma once

#include "engine/output/writer.h"

namespace corticast {

// index < count. Shard {0, 1} is everything.
struct Shard {
  unsigned index = 0;
  unsigned count = 1;

  bool operator==(const Shard&) const = default;
};

// Rows of this shard among `images`: neighbours, so that merged files are contiguous; the first
// (images % count) shards have one more than the others. Depends on nothing but the three numbers.
// Empty where there are fewer images than shards.
RowRange rows_of(const Shard& shard, std::size_t images);

}  // namespace corticast
