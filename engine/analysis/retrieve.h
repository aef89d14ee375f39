// Which image was seen? Candidate images ranked, for each measured pattern, by the correlation of
// their predicted pattern with it (identification and retrieval as in Kay et al. 2008, Identifying
// natural images from human brain activity).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/analysis/areas_table.h"
#include "engine/analysis/score.h"
#include "engine/maps/maps.h"

namespace corticast {

// One candidate for one pattern.
struct Candidate {
  std::size_t image = 0;  // index of the candidate
  float r = 0;            // Pearson's correlation over the area's vertices
};

// One pattern in one area.
struct Ranking {
  std::vector<Candidate> best;  // at most `top`, best first; equal ones by index
  std::optional<float> r;       // with the true candidate; none: it is unknown or has none
  // Of the true candidate, 1 the best; candidates that tie with it count half each, so that a
  // ranking that knows nothing is average. 0 where r is none.
  double rank = 0;
};

struct AreaRetrieval {
  std::size_t vertices = 0;         // of the area, with values everywhere
  std::size_t candidates = 0;       // that have a correlation at all: not failed, not constant
  std::vector<Ranking> patterns;    // [patterns]
  std::vector<float> correlations;  // [patterns, all candidates] if asked for; NaN: none
};

struct RetrieveOptions {
  std::size_t top = 10;                           // candidates listed per pattern
  std::uint64_t memory = std::uint64_t{1} << 30;  // bytes of working memory, at least for one block
  bool correlations = false;                      // keep the whole matrix
  BlockProgress progress;                         // with candidates read and in all
};

struct Retrieval {
  std::vector<AreaRetrieval> areas;   // as asked for
  std::size_t left_out = 0;           // vertices without a finite value in some row that has others
  std::size_t failed_candidates = 0;  // without any finite value
  std::size_t failed_patterns = 0;
};

// candidates, patterns: the same columns; areas: of those. truth: [patterns] index of the
// candidate that was seen, nullopt: none of them. Reads candidates twice (once more for each block
// of patterns beyond the first that memory demands), patterns twice.
Retrieval retrieve(const Maps& candidates, const Maps& patterns,
                   const std::vector<std::optional<std::size_t>>& truth,
                   const std::vector<TableArea>& areas, const RetrieveOptions& options);

// Over the patterns whose true candidate is known and has a rank.
struct RetrievalSummary {
  std::size_t patterns = 0;
  std::vector<double> top;                           // [k] share of them with rank <= asked k
  std::vector<double> top_chance;                    // [k] the share that guessing would give
  double median_rank = 0, mean_reciprocal_rank = 0;  // NaN without patterns
};
RetrievalSummary summarise(const AreaRetrieval& area, const std::vector<unsigned>& top);

}  // namespace corticast
