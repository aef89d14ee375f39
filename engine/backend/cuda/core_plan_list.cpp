#include "engine/backend/cuda/core_plan_list.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/backend/cuda/core_plan.h"
#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

constexpr std::array kAllPrecisions = {Precision::kFp32, Precision::kFp32Strict, Precision::kTf32,
                                       Precision::kFp16, Precision::kBf16};

std::string square(int side) {
  return std::to_string(side) + "x" + std::to_string(side);
}

std::string describe(const kernels::Conv2dShape& shape) {
  return square(shape.kernel) + ", " + std::to_string(shape.in_channels) + " -> " +
         std::to_string(shape.out_channels) + ", " + square(shape.out_height());
}

void plan(const PlanTarget& target, const ConvolutionProblem& problem, PlanRow& row) {
  Search search;
  try {
    const ConvolutionPlan chosen = choose_plan(target, problem, search);
    row.plan = chosen.name;
    row.notes = chosen.notes;
    row.images = chosen.images;
    row.workspace_bytes = chosen.workspace_bytes;
  } catch (const Error& error) {
    row.problem = error.what();
  }
  row.allowed = search.allowed;
  row.offered = search.offered;
}

// Blocks of one shape have one plan: it is searched for once.
void plan_blocks(const PlanTarget& target, Precision precision, std::size_t batch,
                 const std::vector<ConvolutionProblem>& problems, std::vector<PlanRow>& rows) {
  std::vector<std::string> shapes;
  const std::size_t first = rows.size();
  for (const ConvolutionProblem& problem : problems) {
    PlanRow row{};
    row.precision = precision;
    row.batch = batch;
    row.convolution = describe(problem.shape);
    const auto known = std::ranges::find(shapes, row.convolution);
    if (known != shapes.end()) {
      row = rows[first + static_cast<std::size_t>(known - shapes.begin())];
    } else {
      plan(target, problem, row);
    }
    shapes.push_back(row.convolution);
    row.block = static_cast<int>(shapes.size());
    rows.push_back(std::move(row));
  }
}

}  // namespace

PlanList list_core_plans(const PlanQuery& query) {
  std::optional<CudnnHandle> handle;
  std::optional<Descriptor> properties;
  if (query.device >= 0) {
    open_device(query.device).use();
    handle.emplace();
  } else {
    properties.emplace(describe_card(query.card_json));
  }
  const PlanTarget target = handle ? PlanTarget(*handle) : PlanTarget(*properties);
  Device card{};
  card.name = query.card;
  card.compute_capability = query.compute_capability;
  PlanList list{cudnn_version_text(), {}};
  const bool all = query.precisions.empty();
  for (const Precision precision :
       all ? std::vector<Precision>(kAllPrecisions.begin(), kAllPrecisions.end())
           : query.precisions) {
    try {
      const Numerics numerics = numerics_of(precision, card);
      for (const std::size_t batch : query.batches) {
        plan_blocks(target, precision, batch, core_problems(query.channels, batch, numerics),
                    list.rows);
      }
    } catch (const Error& error) {
      if (all) continue;
      PlanRow row{};
      row.precision = precision;
      row.problem = error.what();
      list.rows.push_back(std::move(row));
    }
  }
  return list;
}

}  // namespace corticast::cuda
