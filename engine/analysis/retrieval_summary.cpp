#include <algorithm>
#include <limits>

#include "engine/analysis/retrieve.h"

namespace corticast {

RetrievalSummary summarise(const AreaRetrieval& area, const std::vector<unsigned>& top) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  RetrievalSummary summary;
  std::vector<double> ranks;
  for (const Ranking& ranking : area.patterns) {
    if (ranking.r) ranks.push_back(ranking.rank);
  }
  std::sort(ranks.begin(), ranks.end());
  const auto n = static_cast<double>(ranks.size());
  summary.patterns = ranks.size();
  for (const unsigned k : top) {
    const auto within = std::upper_bound(ranks.begin(), ranks.end(), static_cast<double>(k));
    summary.top.push_back(ranks.empty() ? kNone : static_cast<double>(within - ranks.begin()) / n);
    summary.top_chance.push_back(
        area.candidates == 0 ? kNone : std::min(1.0, k / static_cast<double>(area.candidates)));
  }
  summary.median_rank = kNone;
  summary.mean_reciprocal_rank = kNone;
  if (ranks.empty()) return summary;
  const std::size_t middle = ranks.size() / 2;
  summary.median_rank =
      ranks.size() % 2 == 1 ? ranks[middle] : (ranks[middle - 1] + ranks[middle]) / 2;
  double reciprocals = 0;
  for (const double rank : ranks) reciprocals += 1 / rank;
  summary.mean_reciprocal_rank = reciprocals / n;
  return summary;
}

}  // namespace corticast
