#include "bench/ops.h"

#include <optional>
#include <set>

#include "bench/prepare_ops.h"
#include "bench/statistics.h"
#include "engine/atlas/resolve.h"
#include "engine/backend/cpu/network.h"
#include "engine/backend/noise.h"
#include "engine/base/instruction_set.h"
#include "kernels/cpu/buffer.h"
#include "kernels/cpu/threads.h"

namespace corticast::bench {
namespace {

// The steps of one network, each run alone.
class Steps {
 public:
  Steps(const OpsRun& run, const Request& request, std::size_t images, const cpu::CpuMethod& method)
      : run_(run),
        images_(images),
        network_(run.model, request, images, method),
        pixels_(images * kImageBytes),
        responses_(images * request.columns),
        target_(responses_.data()) {
    fill_with_noise(pixels_.data(), pixels_.size());
  }

  // Rows of the steps whose names are not in `said` yet.
  std::vector<Row> rows(std::set<std::string>& said, const Conditions& one, const Conditions& all) {
    std::vector<Row> rows;
    for (std::size_t n = 0; n < images_; ++n) {
      const cpu::Batch batch{pixels_.data(), n, 1, {&target_, 1}};
      for (const auto& step : network_.core()) {
        if (n == 0 && said.insert(step->name()).second) {
          rows.push_back(row_of(*step, batch, one));
        } else {
          step->run(batch);
        }
      }
    }
    const cpu::Batch batch{pixels_.data(), 0, images_, {&target_, 1}};
    for (const auto& step : network_.heads()) {
      if (said.insert(step->name()).second) rows.push_back(row_of(*step, batch, all));
    }
    return rows;
  }

 private:
  Row row_of(cpu::Step& step, const cpu::Batch& batch, const Conditions& where) const {
    Row row;
    row.where = where;
    row.stage = step.name();
    row.images = batch.images;
    const cpu::Work work = step.work(batch.images);
    row.flops = work.flops;
    row.executed_flops = work.executed;
    row.bytes = work.bytes;
    row.seconds = time_of(run_.repetitions, [&] { step.run(batch); });
    if (!run_.check) return row;
    Comparison comparison;
    step.verify(batch, comparison);
    StepCheck check = comparison.result(row.stage, step.bound());
    if (check.values > 0) row.check = std::move(check);
    return row;
  }

  const OpsRun& run_;
  std::size_t images_;
  cpu::Network network_;
  std::vector<std::uint8_t> pixels_;
  kernels::cpu::Buffer responses_;
  float* target_;
};

// Vertices of the first target, nothing more.
Request vertices_of(const Request& request) {
  Request plain = request;
  plain.targets.resize(1);
  plain.reduction = nullptr;
  plain.positions.clear();
  plain.columns = static_cast<std::uint32_t>(plain.rows.size());
  return plain;
}

// The reduction asked for; else the means of all areas, where the model has an atlas.
std::optional<Request> reduced(const Model& model, const Request& request) {
  if (!request.reduction && !model.info().has_atlas()) return std::nullopt;
  RequestSpec means;
  means.reduce = "roi-mean";
  Request some = request.reduction ? request : resolve_request(model.info(), means);
  some.targets = {request.targets.front()};
  return some;
}

void append(std::vector<Row>& rows, std::vector<Row> more) {
  for (Row& row : more) rows.push_back(std::move(row));
}

}  // namespace

std::vector<Row> op_rows(const Machine& machine, const OpsRun& run,
                         const std::function<Conditions(const Method&, std::size_t)>& where) {
  if (!machine.is_cpu()) {
    throw Error(ErrorCode::kDevice, "ops: only the CPU's kernels can be run alone",
                "Use --device cpu; stages times the steps of every device.");
  }
  const kernels::cpu::Isa isa = chosen_isa();
  const kernels::cpu::ThreadScope scope(machine.threads());
  const Request vertices = vertices_of(run.request);
  std::vector<Row> rows = {resize_row(run.repetitions, where(Method(), 1)),
                           transform_row(run.model, run.repetitions, where(Method(), 0))};
  std::vector<Precision> precisions = {Precision::kFp32};
  if (kernels::cpu::bf16_available(isa)) precisions.push_back(Precision::kBf16);
  precisions.push_back(Precision::kFp32Strict);
  std::set<std::string> said;
  for (const Precision precision : precisions) {
    // What direct convolution leaves to the readouts is run already.
    const std::size_t images = precision == Precision::kFp32Strict ? 1 : run.batch;
    Steps steps(run, vertices, images, {machine.threads(), isa, precision});
    append(rows, steps.rows(said, where(precision, 1), where(precision, images)));
  }
  if (const auto means = reduced(run.model, run.request)) {
    const Conditions all = where(Method(), run.batch);
    rows.push_back(fold_row(run.model, *means, run.repetitions, all));
    rows.back().where.batch = 0;
    Steps steps(run, *means, run.batch, {machine.threads(), isa, Precision::kFp32});
    append(rows, steps.rows(said, all, all));
  }
  return rows;
}

}  // namespace corticast::bench
