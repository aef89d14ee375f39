#include "bench/run.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "bench/build_id.h"
#include "bench/core_error.h"
#include "bench/end_to_end.h"
#include "bench/formats.h"
#include "bench/host_stages.h"
#include "bench/machine.h"
#include "bench/ops.h"
#include "bench/plan.h"
#include "bench/stages.h"
#include "bench/workload.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/instruction_set.h"

namespace corticast::bench {
namespace {

// Of one image, as the steps' sum says; 0: not known.
double executed_flops(const std::vector<Row>& stages) {
  const auto sum = std::ranges::find(stages, kAllSteps, &Row::stage);
  return sum == stages.end() ? 0 : sum->executed_flops / static_cast<double>(sum->images);
}

class Benchmark {
 public:
  explicit Benchmark(const Flags& flags)
      : flags_(flags),
        plan_(flags),
        checked_(flags.check || plan_.core_error),
        isa_(kernels::cpu::to_string(chosen_isa())),
        machines_(open()),
        work_(flags, scratch_) {
    if (!plan_.stages && !plan_.end_to_end && !plan_.ops) return;
    for (Machine& machine : machines_) machine.measure_peaks();
  }

  int go() {
    if (machines_.front().backend().name().find("simulated") != std::string::npos) {
      note("the device is simulated: its times are the simulator's and say nothing about a GPU");
    }
    print_head(std::cout, plan_.format, facts(), checked_);
    // The same bits whatever the number of threads.
    if (plan_.core_error) attempt([&] { core_error(machines_.back()); });
    for (const Machine& machine : machines_) {
      if (plan_.input) {
        print(
            input_rows(work_.images(), flags_.images, flags_.repetitions, conditions(machine, 0)));
      }
      if (plan_.ops) {
        for (const std::size_t batch : plan_.batches) attempt([&] { ops(machine, batch); });
      }
      for (const Method& method : plan_.methods) {
        for (const std::size_t batch : plan_.batches) {
          attempt([&] { combination(machine, method, batch); });
        }
      }
    }
    if (failed_) return static_cast<int>(ErrorCode::kDifference);
    return left_out_ ? static_cast<int>(ErrorCode::kDevice) : 0;
  }

 private:
  static void note(const std::string& line) { std::cerr << "corticast-bench: " << line << "\n"; }

  std::vector<Machine> open() const {
    std::vector<Machine> machines;
    machines.reserve(plan_.threads.size());
    for (const unsigned threads : plan_.threads) {
      machines.emplace_back(flags_.device, threads);
    }
    return machines;
  }

  std::vector<std::string> facts() const {
    std::vector<std::string> lines = {
        std::string("build: corticast ") + kBuildId,
        "instruction set of the CPU's kernels: " + isa_,
        "model: " + cli::printable(work_.describe_model()),
        "images: " + work_.describe_images(),
    };
    std::set<std::string> said;
    for (const Machine& machine : machines_) {
      lines.push_back("device: " + cli::printable(machine.backend().name()) +
                      ", host: " + std::to_string(machine.threads()) +
                      (machine.threads() == 1 ? " thread" : " threads"));
      for (const Method& method : plan_.methods) {
        const std::string peaks = machine.describe_peaks(method.precision);
        if (!peaks.empty() && said.insert(peaks).second) lines.push_back(peaks);
      }
    }
    return lines;
  }

  Conditions conditions(const Machine& machine, std::size_t batch) const {
    Conditions where;
    where.build = kBuildId;
    where.device = "host";
    where.threads = machine.threads();
    where.channels = work_.model().info().channels;
    where.vertices = work_.request().rows.size();
    where.subjects = work_.request().targets.size();
    where.batch = batch;
    where.isa = isa_;
    return where;
  }
  Conditions conditions(const Machine& machine, std::size_t batch, const Method& method) const {
    Conditions where = conditions(machine, batch);
    where.device = machine.backend().name();
    where.precision = to_string(method.precision);
    where.readout = to_string(method.readout);
    where.peaks = machine.peaks(method.precision);
    return where;
  }

  void print(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      print_row(std::cout, plan_.format, row, checked_);
      failed_ = failed_ || (row.check && !row.check->passed());
    }
  }

  template <typename Measure>
  void attempt(const Measure& measure) {
    try {
      measure();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kDevice) throw;
      note("left out: " + cli::printable(error.what()));
      left_out_ = true;
    }
  }

  void core_error(const Machine& machine) {
    for (const Method& method : plan_.methods) {
      print({core_error_row(machine, work_.model(), work_.images(), method,
                            conditions(machine, 1, method))});
    }
  }

  void ops(const Machine& machine, std::size_t wanted_batch) {
    const std::size_t batch = wanted_batch > 0 ? wanted_batch : 1;
    print(op_rows(machine,
                  {work_.model(), work_.request(), batch, flags_.repetitions, flags_.check},
                  [&](const Method& method, std::size_t images) {
                    return conditions(machine, images, method);
                  }));
  }

  void combination(const Machine& machine, const Method& method, std::size_t wanted_batch) {
    if (!plan_.stages && !plan_.output && !plan_.end_to_end) return;
    const Model& model = work_.model();
    const Request& request = work_.request();
    const std::size_t batch =
        wanted_batch > 0 ? wanted_batch : machine.backend().auto_batch(model, request, method);
    const Conditions where = conditions(machine, batch, method);
    std::vector<Row> stages;
    if (plan_.stages) {
      stages = stage_rows(machine.backend(),
                          {model, request, method, flags_.repetitions, flags_.check}, where);
      print(stages);
    }
    const EndToEnd whole{model,
                         request,
                         work_.images(),
                         flags_.image_count > 0 ? flags_.image_count : 2 * batch,
                         method,
                         scratch_ / "responses.h5",
                         flags_.repetitions,
                         executed_flops(stages)};
    if (plan_.output && written_.insert(batch).second) {
      print({output_row(whole.output, record_of(whole, where), request, whole.image_count,
                        flags_.repetitions, conditions(machine, batch))});
    }
    if (plan_.end_to_end) print(end_to_end_rows(machine.backend(), whole, where));
  }

  const Flags& flags_;
  Plan plan_;
  bool checked_;  // whether the table has columns for errors
  std::string isa_;
  std::vector<Machine> machines_;  // one for each number of threads
  Scratch scratch_;
  Workload work_;
  std::set<std::size_t> written_;  // batch sizes
  bool left_out_ = false;
  bool failed_ = false;
};

}  // namespace

int run(const Flags& flags) {
  return Benchmark(flags).go();
}

}  // namespace corticast::bench
