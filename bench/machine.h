// A device as it is measured: opened with so many threads, with the peaks to hold it against.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bench/peaks.h"
#include "engine/backend/backend.h"

namespace corticast::bench {

class Machine {
 public:
  // Throws what open_backend throws.
  Machine(const std::string& device, unsigned threads);
  // Of the CPU: a second or two, without which it has none.
  void measure_peaks();

  Backend& backend() const { return *backend_; }
  unsigned threads() const { return threads_; }
  bool is_cpu() const { return backend_->name().starts_with("cpu"); }
  // What the CPU reaches is measured, what a card could is in its data sheet.
  Peaks peaks(Precision precision) const;
  // "peaks, 2 threads, fp32: 230.1 GFLOP/s, 25.1 GB/s, measured here"; empty where none are known.
  std::string describe_peaks(Precision precision) const;

 private:
  unsigned threads_;
  std::unique_ptr<Backend> backend_;
  std::optional<Peaks> measured_;
};

}  // namespace corticast::bench
