#include "engine/pipeline/shard.h"

#include <algorithm>

namespace corticast {

RowRange rows_of(const Shard& shard, std::size_t images) {
  const std::size_t share = images / shard.count;
  const std::size_t larger = images % shard.count;  // shards that have one more
  const std::size_t before = std::min<std::size_t>(shard.index, larger);
  return {shard.index * share + before, share + (shard.index < larger ? 1 : 0)};
}

}  // namespace corticast
