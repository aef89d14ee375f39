#include "bench/row.h"

#include "bench/statistics.h"

namespace corticast::bench {

std::optional<PeakShare> peak_share(const Row& row) {
  if (row.seconds.empty()) return std::nullopt;
  const Peaks& peaks = row.where.peaks;
  const bool arithmetic = row.executed_flops > 0 && peaks.flops_per_second > 0;
  const bool memory = row.bytes > 0 && peaks.bytes_per_second > 0 && row.bounded_by_memory;
  // With one of two peaks unknown, the other would be called the bound without being it.
  if (row.flops > 0 && !arithmetic) return std::nullopt;
  const double for_flops = arithmetic ? row.executed_flops / peaks.flops_per_second : 0;
  const double for_bytes = memory ? row.bytes / peaks.bytes_per_second : 0;
  if (for_flops <= 0 && for_bytes <= 0) return std::nullopt;
  const double median = spread_of(row.seconds).median;
  if (for_flops >= for_bytes) return PeakShare{for_flops / median, "flops"};
  return PeakShare{for_bytes / median, "bytes"};
}

}  // namespace corticast::bench
