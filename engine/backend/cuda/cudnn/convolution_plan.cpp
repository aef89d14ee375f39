#include "engine/backend/cuda/cudnn/convolution_plan.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/backend/cuda/cudnn/convolution_graph.h"
#include "engine/backend/cuda/cudnn/engine_rules.h"
#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

constexpr std::array kModes = {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK};

struct Candidate {
  Descriptor configuration;
  std::vector<cudnnBackendNumericalNote_t> notes;
};

// Each configuration is asked for once and made into a plan once: those of engines that cuDNN
// compiles at run time fail the second time.
std::vector<Candidate> candidates(const PlanTarget& target, const ConvolutionGraph& graph,
                                  const Numerics& numerics, cudnnBackendHeurMode_t mode,
                                  Search& search) {
  Descriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.descriptor());
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
  target.name_device_of_heuristics(heuristics);
  std::vector<Candidate> allowed;
  if (!heuristics.try_finalize()) return allowed;
  for (Descriptor& configuration : heuristics.results()) {
    ++search.offered;
    std::vector<cudnnBackendNumericalNote_t> notes = configuration.engine().numerical_notes();
    if (!keeps_promise(numerics, notes)) continue;
    allowed.push_back({std::move(configuration), std::move(notes)});
  }
  search.allowed += allowed.size();
  if (numerics.tensor_cores()) {
    std::ranges::stable_partition(
        allowed, [](const Candidate& candidate) { return uses_tensor_cores(candidate.notes); });
  }
  return allowed;
}

std::optional<ConvolutionPlan> build(const PlanTarget& target, Candidate& candidate,
                                     std::size_t images, Search& search) {
  Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  target.name_device_of_plan(plan);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, candidate.configuration);
  if (!plan.try_finalize()) return std::nullopt;
  ++search.built;
  const auto workspace =
      static_cast<std::uint64_t>(plan.integer(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
  search.least_workspace = std::min(search.least_workspace, workspace);
  return ConvolutionPlan{candidate.configuration.configuration_name(),
                         to_string(candidate.notes),
                         images,
                         workspace,
                         std::move(candidate.configuration),
                         std::move(plan)};
}

// Plans within the cap in order of preference until there are `most`, or until stop(plan) says so
// of one, within the cap or not.
template <typename Stop>
std::vector<ConvolutionPlan> find_plans(const PlanTarget& target, const ConvolutionProblem& problem,
                                        std::size_t most, const Stop& stop, Search& search) {
  search = {};
  const ConvolutionGraph graph(target, problem.shape, problem.images, problem.numerics);
  std::vector<ConvolutionPlan> found;
  for (const cudnnBackendHeurMode_t mode : kModes) {
    for (Candidate& candidate : candidates(target, graph, problem.numerics, mode, search)) {
      auto plan = build(target, candidate, problem.images, search);
      if (!plan) continue;
      if (stop(*plan)) return found;
      if (plan->workspace_bytes > kWorkspaceCap) continue;
      found.push_back(std::move(*plan));
      if (found.size() == most) return found;
    }
    if (!found.empty()) break;
  }
  return found;
}

std::size_t product(int a, int b, int c) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
}

}  // namespace

std::size_t ConvolutionProblem::in_bytes() const {
  return numerics.bytes() * product(shape.in_channels, shape.height, shape.width);
}

std::size_t ConvolutionProblem::out_bytes() const {
  return numerics.bytes() * product(shape.out_channels, shape.out_height(), shape.out_width());
}

std::string ConvolutionProblem::text() const {
  const auto square = [](int side) { return std::to_string(side) + "x" + std::to_string(side); };
  return to_string(numerics.precision) + " convolution " + std::to_string(shape.in_channels) +
         " -> " + std::to_string(shape.out_channels) + ", " + square(shape.kernel) + ", " +
         std::to_string(shape.height) + "x" + std::to_string(shape.width) + ", " +
         std::to_string(images) + (images == 1 ? " image" : " images");
}

ConvolutionPlan choose_plan(const PlanTarget& target, const ConvolutionProblem& problem,
                            Search& search) {
  const auto too_large = [](const ConvolutionPlan& plan) {
    return plan.workspace_bytes > kWorkspaceCap;
  };
  // Pieces must begin where plans expect tensors to.
  constexpr auto kAlignment = static_cast<std::size_t>(kTensorAlignment);
  const bool divisible =
      problem.in_bytes() % kAlignment == 0 && problem.out_bytes() % kAlignment == 0;
  ConvolutionProblem piece = problem;
  for (std::size_t pieces = 1;; pieces *= 2) {
    piece.images = (problem.images + pieces - 1) / pieces;
    auto plans = find_plans(target, piece, 1, too_large, search);
    if (!plans.empty()) return std::move(plans.front());
    if (piece.images == 1 || !divisible || search.built == 0) break;
  }
  // No first choice fits, however few the images: take what does.
  const auto never = [](const ConvolutionPlan&) { return false; };
  auto plans = find_plans(target, problem, 1, never, search);
  if (!plans.empty()) return std::move(plans.front());
  std::string message = "cuDNN has no plan for the " + problem.text() + ": of " +
                        std::to_string(search.offered) + " candidates " +
                        std::to_string(search.allowed) + " keep the precision, " +
                        std::to_string(search.built) + " can be built";
  if (search.built > 0) {
    message += ", the least workspace is " + std::to_string(search.least_workspace >> 20) +
               " MiB of " + std::to_string(kWorkspaceCap >> 20) + " MiB allowed";
  }
  throw Error(ErrorCode::kDevice, message,
              "Use a smaller --batch, another cuDNN 9, or --device cpu.");
}

ConvolutionPlan named_plan(const PlanTarget& target, const ConvolutionProblem& problem,
                           const std::string& name) {
  Search search;
  ConvolutionPlan chosen = choose_plan(target, problem, search);
  if (chosen.name == name) return chosen;
  ConvolutionProblem piece = problem;
  piece.images = chosen.images;
  const ConvolutionGraph graph(target, piece.shape, piece.images, piece.numerics);
  for (const cudnnBackendHeurMode_t mode : kModes) {
    for (Candidate& candidate : candidates(target, graph, piece.numerics, mode, search)) {
      if (candidate.configuration.configuration_name() != name) continue;
      auto plan = build(target, candidate, piece.images, search);
      if (plan && plan->workspace_bytes <= kWorkspaceCap) return std::move(*plan);
      return chosen;
    }
  }
  return chosen;
}

std::vector<ConvolutionPlan> first_plans(const PlanTarget& target,
                                         const ConvolutionProblem& problem, std::size_t most,
                                         Search& search) {
  const auto never = [](const ConvolutionPlan&) { return false; };
  return find_plans(target, problem, most, never, search);
}

}  // namespace corticast::cuda
