#include "bench/machine.h"

#include "bench/markdown.h"

namespace corticast::bench {

Machine::Machine(const std::string& device, unsigned threads)
    : threads_(threads), backend_(open_backend({device, threads})) {}

void Machine::measure_peaks() {
  if (is_cpu()) measured_ = measure_cpu_peaks(threads_);
}

Peaks Machine::peaks(Precision precision) const {
  if (!measured_) return datasheet_peaks(backend_->name(), precision);
  const bool fp32 = precision == Precision::kFp32 || precision == Precision::kFp32Strict;
  return {fp32 ? measured_->flops_per_second : 0, measured_->bytes_per_second};
}

std::string Machine::describe_peaks(Precision precision) const {
  const Peaks peak = peaks(precision);
  if (peak.flops_per_second <= 0 && peak.bytes_per_second <= 0) return {};
  const std::string on =
      measured_ ? std::to_string(threads_) + (threads_ == 1 ? " thread, " : " threads, ") : "";
  return "peaks, " + on + to_string(precision) + ": " + short_number(peak.flops_per_second / 1e9) +
         " GFLOP/s, " + short_number(peak.bytes_per_second / 1e9) + " GB/s" +
         (measured_ ? ", measured here" : ", from the vendor's data sheet");
}

}  // namespace corticast::bench
