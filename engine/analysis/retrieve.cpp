#include "engine/analysis/retrieve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "engine/analysis/unit_patterns.h"
#include "engine/base/error.h"
#include "engine/base/instruction_set.h"
#include "kernels/cpu/buffer.h"
#include "kernels/row_products.h"

namespace corticast {
namespace {

using kernels::cpu::Buffer;

constexpr std::size_t kBlock = 256;  // candidates read together
constexpr std::size_t kFewest = 2;   // vertices of a pattern: one alone varies with nothing

// Columns of each area that have values everywhere.
using AreaColumns = std::vector<std::vector<std::size_t>>;

struct Extent {
  std::size_t columns = 0;  // of the maps
  std::size_t widest = 0;   // of an area
  std::size_t all = 0;      // of all areas together: they may overlap
};

template <typename Use>
void each_block(const Maps& maps, RowRange range, std::size_t together, float* memory, Use use) {
  for (std::size_t done = 0; done < range.count; done += together) {
    const RowRange block{range.first + done, std::min(together, range.count - done)};
    maps.read(block, memory);
    use(block);
  }
}

std::size_t survey(const Maps& maps, float* memory, FiniteValues& finite) {
  std::size_t empty = 0;
  each_block(maps, {0, maps.names().size()}, kBlock, memory, [&](RowRange block) {
    finite.add(memory, block.count);
    for (std::size_t r = 0; r < block.count; ++r) {
      empty += row_is_empty({memory + r * maps.columns(), maps.columns()}) ? 1 : 0;
    }
  });
  return empty;
}

AreaColumns finite_columns(const std::vector<TableArea>& areas, const FiniteValues& finite) {
  AreaColumns columns(areas.size());
  for (std::size_t a = 0; a < areas.size(); ++a) {
    std::copy_if(areas[a].columns.begin(), areas[a].columns.end(), std::back_inserter(columns[a]),
                 [&](std::size_t column) { return finite.finite(column); });
  }
  return columns;
}

// What is known of the true candidate's rank before the last block has been seen.
struct Standing {
  std::size_t above = 0, equal = 0;
};

// Candidates of one block join the best so far.
void keep_best(std::vector<Candidate>& best, std::span<const float> r, std::size_t first,
               std::size_t top) {
  for (std::size_t i = 0; i < r.size() && top > 0; ++i) {
    if (std::isnan(r[i]) || (best.size() == top && r[i] <= best.back().r)) continue;
    if (best.size() == top) best.pop_back();
    const auto after =
        std::upper_bound(best.begin(), best.end(), r[i],
                         [](float value, const Candidate& c) { return value > c.r; });
    best.insert(after, {first + i, r[i]});
  }
}

// The work on one block of patterns: their rows in every area, and where they stand.
class PatternBlock {
 public:
  PatternBlock(const Maps& patterns, RowRange rows, const AreaColumns& columns,
               const Extent& extent, float* memory)
      : rows_(rows), columns_(columns), patterns_(rows.count * extent.all) {
    each_block(patterns, rows, kBlock, memory, [&](RowRange block) {
      for (std::size_t a = 0; a < columns_.size(); ++a) {
        unit_patterns(memory, block.count, extent.columns, columns_[a],
                      of_area(a) + (block.first - rows_.first) * columns_[a].size());
      }
    });
  }

  float* of_area(std::size_t area) {
    std::size_t begin = 0;
    for (std::size_t a = 0; a < area; ++a) begin += rows_.count * columns_[a].size();
    return patterns_.data() + begin;
  }
  RowRange rows() const { return rows_; }

 private:
  RowRange rows_;
  const AreaColumns& columns_;
  Buffer patterns_;  // [areas][rows][columns of the area]
};

class Retriever {
 public:
  Retriever(const Maps& candidates, const Maps& patterns,
            const std::vector<std::optional<std::size_t>>& truth,
            const std::vector<TableArea>& areas, const RetrieveOptions& options)
      : candidates_(candidates),
        patterns_(patterns),
        truth_(truth),
        options_(options),
        isa_(chosen_isa()) {
    extent_.columns = candidates.columns();
    values_ = Buffer(kBlock * extent_.columns);
    FiniteValues finite(extent_.columns);
    result_.failed_candidates = survey(candidates, values_.data(), finite);
    result_.failed_patterns = survey(patterns, values_.data(), finite);
    for (std::size_t c = 0; c < extent_.columns; ++c) result_.left_out += finite.finite(c) ? 0 : 1;
    columns_ = finite_columns(areas, finite);
    for (const auto& columns : columns_) {
      extent_.widest = std::max(extent_.widest, columns.size());
      extent_.all += columns.size();
    }
    units_ = Buffer(kBlock * extent_.widest);
    start_areas();
  }

  Retrieval run() {
    const std::size_t count = patterns_.names().size();
    const std::size_t together = patterns_together(count);
    const std::size_t rounds = (count + together - 1) / together;
    steps_ = rounds * candidates_.names().size();
    for (std::size_t first = 0; first < count; first += together) {
      rank({first, std::min(together, count - first)});
    }
    return std::move(result_);
  }

 private:
  void start_areas() {
    result_.areas.resize(columns_.size());
    for (std::size_t a = 0; a < columns_.size(); ++a) {
      result_.areas[a].vertices = columns_[a].size();
      result_.areas[a].patterns.resize(patterns_.names().size());
      if (options_.correlations) {
        result_.areas[a].correlations.resize(patterns_.names().size() * candidates_.names().size());
      }
    }
  }

  std::size_t patterns_together(std::size_t count) const {
    const std::uint64_t fixed = (values_.size() + units_.size()) * sizeof(float);
    const std::uint64_t one =
        (extent_.all + 2 * kBlock) * sizeof(float) + columns_.size() * sizeof(Standing);
    const std::uint64_t room = options_.memory > fixed ? options_.memory - fixed : 0;
    return std::clamp<std::size_t>(room / one, std::min<std::size_t>(count, 16),
                                   std::max<std::size_t>(count, 1));
  }

  // The true candidates' correlations come first, by the very sums that the others get, so that
  // what ties with one ties to the bit.
  void find_truth(PatternBlock& block) {
    for (std::size_t p = 0; p < block.rows().count; ++p) {
      const std::optional<std::size_t>& seen = truth_[block.rows().first + p];
      if (!seen) continue;
      candidates_.read({*seen, 1}, values_.data());
      for (std::size_t a = 0; a < columns_.size(); ++a) {
        const std::size_t n = columns_[a].size();
        if (n < kFewest) continue;
        unit_patterns(values_.data(), 1, extent_.columns, columns_[a], units_.data());
        float r = 0;
        kernels::cpu::row_products({block.of_area(a) + p * n, 1, units_.data(), 1, n}, isa_, &r, 1);
        if (std::isnan(r)) continue;
        result_.areas[a].patterns[block.rows().first + p].r = std::clamp(r, -1.0F, 1.0F);
      }
    }
  }

  void rank(RowRange rows) {
    PatternBlock block(patterns_, rows, columns_, extent_, values_.data());
    find_truth(block);
    std::vector<Standing> standings(rows.count * columns_.size());
    Buffer products(rows.count * kBlock);
    each_block(candidates_, {0, candidates_.names().size()}, kBlock, values_.data(),
               [&](RowRange candidates) {
                 for (std::size_t a = 0; a < columns_.size(); ++a) {
                   compare(block, a, candidates, products.data(),
                           standings.data() + a * rows.count);
                 }
                 done_ += candidates.count;
                 if (options_.progress) options_.progress(done_, steps_);
               });
    for (std::size_t a = 0; a < columns_.size(); ++a) {
      for (std::size_t p = 0; p < rows.count; ++p) {
        Ranking& ranking = result_.areas[a].patterns[rows.first + p];
        const Standing& standing = standings[a * rows.count + p];
        if (!ranking.r) continue;
        ranking.rank =
            1 + static_cast<double>(standing.above) + static_cast<double>(standing.equal) / 2;
      }
    }
  }

  // One block of candidates against one block of patterns in one area.
  void compare(PatternBlock& block, std::size_t a, RowRange candidates, float* products,
               Standing* standings) {
    const std::size_t n = columns_[a].size();
    if (n < kFewest) return;
    AreaRetrieval& area = result_.areas[a];
    unit_patterns(values_.data(), candidates.count, extent_.columns, columns_[a], units_.data());
    if (block.rows().first == 0) {
      for (std::size_t c = 0; c < candidates.count; ++c) {
        area.candidates += !std::isnan(units_.data()[c * n]) ? 1 : 0;
      }
    }
    kernels::cpu::row_products(
        {block.of_area(a), block.rows().count, units_.data(), candidates.count, n}, isa_, products,
        candidates.count);
    for (std::size_t p = 0; p < block.rows().count; ++p) {
      const std::size_t pattern = block.rows().first + p;
      const std::span<float> r(products + p * candidates.count, candidates.count);
      for (float& value : r) value = std::clamp(value, -1.0F, 1.0F);  // NaN stays NaN
      if (options_.correlations) {
        std::copy(
            r.begin(), r.end(),
            area.correlations.data() + pattern * candidates_.names().size() + candidates.first);
      }
      Ranking& ranking = area.patterns[pattern];
      keep_best(ranking.best, r, candidates.first, options_.top);
      const std::optional<std::size_t>& seen = truth_[pattern];
      if (!ranking.r || !seen) continue;
      for (std::size_t c = 0; c < r.size(); ++c) {
        if (candidates.first + c == *seen) continue;
        standings[p].above += r[c] > *ranking.r ? 1 : 0;
        standings[p].equal += r[c] == *ranking.r ? 1 : 0;
      }
    }
  }

  const Maps& candidates_;
  const Maps& patterns_;
  const std::vector<std::optional<std::size_t>>& truth_;
  const RetrieveOptions& options_;
  kernels::cpu::Isa isa_;
  Extent extent_;
  AreaColumns columns_;
  Buffer values_;  // [kBlock, columns] as read
  Buffer units_;   // [kBlock, widest area]
  std::size_t done_ = 0, steps_ = 0;
  Retrieval result_;
};

}  // namespace

Retrieval retrieve(const Maps& candidates, const Maps& patterns,
                   const std::vector<std::optional<std::size_t>>& truth,
                   const std::vector<TableArea>& areas, const RetrieveOptions& options) {
  if (candidates.columns() != patterns.columns() || truth.size() != patterns.names().size()) {
    throw Error(ErrorCode::kInternal, "candidates and patterns of different columns");
  }
  return Retriever(candidates, patterns, truth, areas, options).run();
}

}  // namespace corticast
