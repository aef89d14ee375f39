#include "bench/stages.h"

#include <algorithm>
#include <span>
#include <utility>

namespace corticast::bench {
namespace {

// Copies between host and device go over a bus whose peak is not known here.
bool over_the_bus(const std::string& step) {
  return step.starts_with("upload") || step.starts_with("download");
}

double executed(const StepTime& time) {
  return time.executed_flops > 0 ? time.executed_flops : time.flops;
}

Row row_of(const StepTime& time, const Conditions& where) {
  Row row;
  row.where = where;
  row.stage = time.step;
  row.images = where.batch;
  row.seconds = time.seconds;
  row.flops = time.flops;
  row.executed_flops = executed(time);
  row.bytes = time.bytes;
  row.bounded_by_memory = !over_the_bus(time.step);
  return row;
}

Row sum_of(const std::string& stage, std::span<const StepTime> times, const Conditions& where) {
  Row row;
  row.where = where;
  row.stage = stage;
  row.images = where.batch;
  row.bounded_by_memory = false;  // the sum of the bytes is no bound: caches carry some of them
  row.seconds.assign(times.front().seconds.size(), 0.0);
  for (const StepTime& time : times) {
    row.seconds.resize(std::min(row.seconds.size(), time.seconds.size()));
    for (std::size_t i = 0; i < row.seconds.size(); ++i) row.seconds[i] += time.seconds[i];
    row.flops += time.flops;
    row.executed_flops += executed(time);
    row.bytes += time.bytes;
  }
  return row;
}

// Of a list in which the core's steps are neighbours, as are those after it.
std::vector<Row> sums_of(const std::vector<StepTime>& times, const Conditions& where) {
  const auto in_core = [](const StepTime& time) {
    return time.step == "normalise" || time.step.starts_with("block ");
  };
  const std::span<const StepTime> all(times);
  const auto first = std::ranges::find_if(all, in_core);
  const auto last = std::ranges::find_if(all.rbegin(), all.rend(), in_core).base();
  const auto end =
      std::find_if(last, all.end(), [](const StepTime& time) { return over_the_bus(time.step); });
  std::vector<Row> rows;
  if (first != last && first != all.end()) rows.push_back(sum_of("core", {first, last}, where));
  if (first != all.end() && last != end) rows.push_back(sum_of("readouts", {last, end}, where));
  rows.push_back(sum_of(kAllSteps, all, where));
  return rows;
}

// Takes the first check of this step out of the list; subjects may share a step's name.
std::optional<StepCheck> take(std::vector<StepCheck>& checks, const std::string& step) {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const StepCheck& check) { return check.step == step; });
  if (found == checks.end()) return std::nullopt;
  StepCheck check = std::move(*found);
  checks.erase(found);
  return check;
}

}  // namespace

std::vector<Row> stage_rows(const std::vector<StepTime>& times,
                            const std::vector<StepCheck>& checks, const Conditions& where) {
  std::vector<Row> rows;
  std::vector<StepCheck> left = checks;
  for (const StepTime& time : times) {
    Row row = row_of(time, where);
    row.check = take(left, time.step);
    rows.push_back(std::move(row));
  }
  if (!times.empty() && is_one_device(where.device)) {
    for (Row& row : sums_of(times, where)) rows.push_back(std::move(row));
  }
  for (StepCheck& check : left) {
    Row row;
    row.where = where;
    row.stage = check.step;
    row.images = where.batch;
    row.check = std::move(check);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> stage_rows(Backend& backend, const StageRun& run, const Conditions& where) {
  const auto times =
      backend.measure(run.model, run.request, where.batch, run.method, run.repetitions);
  std::vector<StepCheck> checks;
  if (run.check) checks = backend.selftest(run.model, run.request, where.batch, run.method);
  return stage_rows(times, checks, where);
}

}  // namespace corticast::bench
