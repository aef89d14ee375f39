#include "bench/run.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "bench/build_id.h"
#include "bench/end_to_end.h"
#include "bench/formats.h"
#include "bench/host_stages.h"
#include "bench/markdown.h"
#include "bench/plan.h"
#include "bench/stages.h"
#include "bench/workload.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/threads.h"

namespace corticast::bench {
namespace {

class Benchmark {
 public:
  explicit Benchmark(const Flags& flags)
      : flags_(flags),
        plan_(flags),
        threads_(flags.threads > 0 ? flags.threads : usable_threads()),
        backend_(open()),
        work_(flags, scratch_) {
    const bool on_cpu = backend_->name().starts_with("cpu");
    if (on_cpu && (plan_.stages || plan_.end_to_end)) cpu_peaks_ = measure_cpu_peaks(threads_);
  }

  int go() {
    if (backend_->name().find("simulated") != std::string::npos) {
      note("the device is simulated: its times are the simulator's and say nothing about a GPU");
    }
    print_head(std::cout, plan_.format, facts(), flags_.check);
    if (plan_.input) input();
    std::set<std::size_t> written;
    for (const Method& method : plan_.methods) {
      for (const std::size_t batch : plan_.batches) {
        try {
          combination(method, batch, written);
        } catch (const Error& error) {
          if (error.code() != ErrorCode::kDevice) throw;
          note("left out: " + cli::printable(error.what()));
          left_out_ = true;
        }
      }
    }
    if (failed_) return static_cast<int>(ErrorCode::kDifference);
    return left_out_ ? static_cast<int>(ErrorCode::kDevice) : 0;
  }

 private:
  static void note(const std::string& line) { std::cerr << "corticast-bench: " << line << "\n"; }

  std::unique_ptr<Backend> open() const {
    DeviceOptions options;
    options.device = flags_.device;
    options.threads = threads_;
    return open_backend(options);
  }

  // What the CPU reaches is measured, what a card could is in its data sheet.
  Peaks peaks(Precision precision) const {
    if (!cpu_peaks_) return datasheet_peaks(backend_->name(), precision);
    const bool fp32 = precision == Precision::kFp32 || precision == Precision::kFp32Strict;
    return {fp32 ? cpu_peaks_->flops_per_second : 0, cpu_peaks_->bytes_per_second};
  }

  std::vector<std::string> facts() const {
    std::vector<std::string> lines = {
        std::string("build: corticast ") + kBuildId,
        "device: " + cli::printable(backend_->name()),
        "host: " + std::to_string(threads_) + (threads_ == 1 ? " thread" : " threads"),
        "model: " + cli::printable(work_.describe_model()),
        "images: " + work_.describe_images(),
    };
    std::set<std::string> said;
    for (const Method& method : plan_.methods) {
      const Peaks peak = peaks(method.precision);
      const std::string precision = to_string(method.precision);
      if (peak.flops_per_second <= 0 && peak.bytes_per_second <= 0) continue;
      if (!said.insert(precision).second) continue;
      lines.push_back("peaks, " + precision + ": " + short_number(peak.flops_per_second / 1e9) +
                      " GFLOP/s, " + short_number(peak.bytes_per_second / 1e9) + " GB/s" +
                      (cpu_peaks_ ? ", measured here" : ", from the vendor's data sheet"));
    }
    return lines;
  }

  Conditions conditions(std::size_t batch) const {
    Conditions where;
    where.build = kBuildId;
    where.device = "host";
    where.threads = threads_;
    where.channels = work_.model().info().channels;
    where.vertices = work_.request().rows.size();
    where.subjects = work_.request().targets.size();
    where.batch = batch;
    return where;
  }

  void print(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      print_row(std::cout, plan_.format, row, flags_.check);
      failed_ = failed_ || (row.check && !row.check->passed());
    }
  }

  void input() {
    print(input_rows(work_.images(), flags_.images, flags_.repetitions, conditions(0)));
  }

  void combination(const Method& method, std::size_t wanted_batch, std::set<std::size_t>& written) {
    const Model& model = work_.model();
    const Request& request = work_.request();
    const std::size_t batch =
        wanted_batch > 0 ? wanted_batch : backend_->auto_batch(model, request, method);
    Conditions on_host = conditions(batch);
    Conditions where = on_host;
    where.device = backend_->name();
    where.precision = to_string(method.precision);
    where.readout = to_string(method.readout);
    where.peaks = peaks(method.precision);
    if (plan_.stages) {
      print(
          stage_rows(*backend_, {model, request, method, flags_.repetitions, flags_.check}, where));
    }
    const EndToEnd whole{model,
                         request,
                         work_.images(),
                         flags_.image_count > 0 ? flags_.image_count : 2 * batch,
                         method,
                         scratch_ / "responses.h5",
                         flags_.repetitions};
    if (plan_.output && written.insert(batch).second) {
      print({output_row(whole.output, record_of(whole, where), request, whole.image_count,
                        flags_.repetitions, on_host)});
    }
    if (plan_.end_to_end) print(end_to_end_rows(*backend_, whole, where));
  }

  const Flags& flags_;
  Plan plan_;
  unsigned threads_;
  std::unique_ptr<Backend> backend_;
  Scratch scratch_;
  Workload work_;
  std::optional<Peaks> cpu_peaks_;
  bool left_out_ = false;
  bool failed_ = false;
};

}  // namespace

int run(const Flags& flags) {
  return Benchmark(flags).go();
}

}  // namespace corticast::bench
