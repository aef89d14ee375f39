#include "bench/columns.h"

#include <cmath>

#include "bench/statistics.h"

namespace corticast::bench {
namespace {

Value text(const std::string& value) {
  return value.empty() ? Value{} : Value{value};
}
Value count(std::size_t value) {
  return std::uint64_t{value};
}
Value some(std::size_t value) {
  return value > 0 ? count(value) : Value{};
}
// Flops and bytes are whole numbers below 2^53 and are written as such; 0 means none.
Value whole(double value) {
  return value > 0 ? Value{static_cast<std::uint64_t>(std::llround(value))} : Value{};
}
Value positive(double value) {
  return value > 0 ? Value{value} : Value{};
}
Value milliseconds(const Row& row, double Spread::*which) {
  return row.seconds.empty() ? Value{} : Value{1e3 * (spread_of(row.seconds).*which)};
}
Value per_second(const Row& row, double amount) {
  if (row.seconds.empty() || amount <= 0) return {};
  const double median = spread_of(row.seconds).median;
  return median > 0 ? Value{amount / median} : Value{};
}

}  // namespace

const std::vector<Column>& columns() {
  static const std::vector<Column> all = {
      {"build", [](const Row& r) { return text(r.where.build); }},
      {"device", [](const Row& r) { return text(r.where.device); }},
      {"threads", [](const Row& r) { return count(r.where.threads); }},
      {"channels", [](const Row& r) { return count(static_cast<std::size_t>(r.where.channels)); }},
      {"vertices", [](const Row& r) { return count(r.where.vertices); }},
      {"subjects", [](const Row& r) { return count(r.where.subjects); }},
      {"precision", [](const Row& r) { return text(r.where.precision); }},
      {"readout", [](const Row& r) { return text(r.where.readout); }},
      {"batch", [](const Row& r) { return some(r.where.batch); }},
      {"stage", [](const Row& r) { return text(r.stage); }},
      {"images", [](const Row& r) { return some(r.images); }},
      {"flops", [](const Row& r) { return whole(r.flops); }},
      {"bytes", [](const Row& r) { return whole(r.bytes); }},
      {"repetitions", [](const Row& r) { return count(r.seconds.size()); }},
      {"median_ms", [](const Row& r) { return milliseconds(r, &Spread::median); }},
      {"min_ms", [](const Row& r) { return milliseconds(r, &Spread::least); }},
      {"max_ms", [](const Row& r) { return milliseconds(r, &Spread::most); }},
      {"gflops_per_s", [](const Row& r) { return per_second(r, r.flops / 1e9); }},
      {"gbytes_per_s", [](const Row& r) { return per_second(r, r.bytes / 1e9); }},
      {"images_per_s", [](const Row& r) { return per_second(r, static_cast<double>(r.images)); }},
      {"percent_of_peak",
       [](const Row& r) {
         const auto share = peak_share(r);
         return share ? Value{100 * share->share} : Value{};
       }},
      {"peak",
       [](const Row& r) {
         const auto share = peak_share(r);
         return share ? Value{std::string(share->which)} : Value{};
       }},
      {"peak_gflops_per_s",
       [](const Row& r) { return positive(r.where.peaks.flops_per_second / 1e9); }},
      {"peak_gbytes_per_s",
       [](const Row& r) { return positive(r.where.peaks.bytes_per_second / 1e9); }},
      {"values_checked", [](const Row& r) { return r.check ? count(r.check->values) : Value{}; }},
      {"rms_error", [](const Row& r) { return r.check ? Value{r.check->rms_error} : Value{}; }},
      {"max_error", [](const Row& r) { return r.check ? Value{r.check->max_error} : Value{}; }},
      {"error_bound", [](const Row& r) { return r.check ? Value{r.check->bound} : Value{}; }},
      {"passed", [](const Row& r) { return r.check ? Value{r.check->passed()} : Value{}; }},
      {"isa", [](const Row& r) { return text(r.where.isa); }},
      {"executed_flops", [](const Row& r) { return whole(r.executed_flops); }},
      {"executed_gflops_per_s", [](const Row& r) { return per_second(r, r.executed_flops / 1e9); }},
  };
  return all;
}

}  // namespace corticast::bench
