#include "engine/backend/cuda/core_tuning.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/backend/cuda/cudnn/convolution.h"
#include "engine/backend/cuda/device_memory.h"
#include "engine/backend/cuda/stream.h"
#include "engine/backend/cuda/tuning_file.h"
#include "engine/base/cache_folder.h"

namespace corticast::cuda {
namespace {

constexpr std::size_t kCandidates = 5;
constexpr std::size_t kRuns = 5;
constexpr std::size_t kNoiseBytes = std::size_t{1} << 20;

// Numbers of either sign between 2^-8 and 1, whose sums stay in range, of a format with `mantissa`
// bits behind the exponent's lowest, which is worth 1 at `bias`.
template <typename Bits>
std::vector<std::byte> noise(int mantissa, unsigned bias) {
  std::vector<std::byte> bytes(kNoiseBytes);
  std::uint32_t state = 1;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(Bits)) {
    state = state * 1664525u + 1013904223u;
    const std::uint32_t random = state ^ state >> 15;
    const auto fraction = random & ((1u << mantissa) - 1);
    const auto exponent = bias - 8 + (random >> 28 & 7);
    const auto sign = (random >> 27 & 1) << (8 * sizeof(Bits) - 1);
    const auto bits = static_cast<Bits>(sign | exponent << mantissa | fraction);
    std::memcpy(bytes.data() + at, &bits, sizeof bits);
  }
  return bytes;
}

std::vector<std::byte> noise_of(kernels::cuda::Element element) {
  switch (element) {
    case kernels::cuda::Element::kFloat16:
      return noise<std::uint16_t>(10, 15);
    case kernels::cuda::Element::kBfloat16:
      return noise<std::uint16_t>(7, 127);
    case kernels::cuda::Element::kFloat32:
      break;
  }
  return noise<std::uint32_t>(23, 127);
}

// Not a constant: on random numbers a card draws more power, its clock falls, and another plan may
// be the fastest.
void fill_with_noise(const std::vector<std::byte>& from, void* to, std::size_t bytes) {
  const std::size_t first = std::min(bytes, from.size());
  check(cudaMemcpy(to, from.data(), first, cudaMemcpyHostToDevice), "filling operands");
  for (std::size_t done = first; done < bytes;) {
    const std::size_t more = std::min(done, bytes - done);
    check(cudaMemcpy(static_cast<std::byte*>(to) + done, to, more, cudaMemcpyDeviceToDevice),
          "filling operands");
    done += more;
  }
}

// Runs the plans of one problem on memory of its own.
class Stopwatch {
 public:
  Stopwatch(const ConvolutionProblem& problem, std::uint64_t workspace_bytes)
      : problem_(problem), memory_(plan(workspace_bytes)) {
    check(cudnn_library().set_stream(handle_.get(), stream_.get()), "setting cuDNN's stream");
    const std::vector<std::byte> from = noise_of(problem_.numerics.element);
    for (std::size_t k = 0; k < sizes_.size(); ++k) {
      fill_with_noise(from, memory_.at<void>(k), sizes_[k]);
    }
    check(cudaDeviceSynchronize(), "filling operands");
  }

  // Median of a few runs.
  double seconds(ConvolutionPlan plan) {
    Convolution convolution(problem_, std::move(plan));
    convolution.bind(memory_.at<void>(0), memory_.at<void>(1), memory_.at<void>(2),
                     memory_.at<void>(3), memory_.at<void>(4));
    std::vector<double> times;
    convolution.run(handle_);
    for (std::size_t k = 0; k < kRuns; ++k) {
      const TimedEvent start;
      const TimedEvent stop;
      stream_.record(start);
      convolution.run(handle_);
      stream_.record(stop);
      stop.wait("timing a convolution");
      times.push_back(stop.seconds_since(start));
    }
    std::ranges::sort(times);
    return times[kRuns / 2];
  }

 private:
  MemoryPlan plan(std::uint64_t workspace_bytes) {
    const kernels::Conv2dShape& shape = problem_.shape;
    const auto filters = static_cast<std::size_t>(shape.out_channels) *
                         static_cast<std::size_t>(shape.in_channels) *
                         static_cast<std::size_t>(shape.kernel * shape.kernel);
    const std::size_t bytes = problem_.numerics.bytes();
    sizes_ = {problem_.images * problem_.in_bytes(), filters * bytes,
              static_cast<std::size_t>(shape.out_channels) * bytes,
              problem_.images * problem_.out_bytes()};
    MemoryPlan plan;
    for (const std::size_t size : sizes_) plan.add("a convolution to time", size, Space::kDevice);
    plan.add("workspace of a convolution to time", workspace_bytes, Space::kDevice);
    return plan;
  }

  ConvolutionProblem problem_;
  std::vector<std::size_t> sizes_;
  DeviceMemory memory_;
  Stream stream_;
  CudnnHandle handle_;
};

// The name of the fastest plan; cuDNN's first choice where there is no other.
std::string fastest(const ConvolutionProblem& problem) {
  const CudnnHandle handle;
  Search ignored;
  const ConvolutionPlan first = choose_plan(handle, problem, ignored);
  ConvolutionProblem piece = problem;
  piece.images = first.images;
  std::vector<ConvolutionPlan> plans = first_plans(handle, piece, kCandidates, ignored);
  if (plans.size() < 2) return first.name;
  std::uint64_t workspace = 0;
  for (const ConvolutionPlan& plan : plans) workspace = std::max(workspace, plan.workspace_bytes);
  Stopwatch stopwatch(problem, workspace);
  std::string best;
  double least = 0;
  for (ConvolutionPlan& plan : plans) {
    const std::string name = plan.name;
    const double seconds = stopwatch.seconds(std::move(plan));
    if (best.empty() || seconds < least) {
      best = name;
      least = seconds;
    }
  }
  return best;
}

std::string path_of(const TuningFile& file) {
  return (cache_folder() / file.name()).string();
}

}  // namespace

CoreTuning remembered_tuning(const Device& device, std::span<const ConvolutionProblem> problems) {
  const TuningFile file(device, problems);
  const auto text = read_cached(file.name());
  if (!text) return {};
  CoreTuning tuning{file.plans(*text), {}};
  if (!tuning.plans.empty()) {
    tuning.notes.push_back("convolution plans as timed before, " + path_of(file));
  }
  return tuning;
}

CoreTuning tune_core(const Device& device, std::span<const ConvolutionProblem> problems) {
  CoreTuning tuning = remembered_tuning(device, problems);
  if (!tuning.plans.empty()) return tuning;
  const TuningFile file(device, problems);
  if (read_cached(file.name())) tuning.notes.push_back("ignored, it is damaged: " + path_of(file));
  device.use();
  for (std::size_t k = 0; k < problems.size(); ++k) {
    const auto same = std::find_if(
        problems.begin(), problems.begin() + static_cast<std::ptrdiff_t>(k),
        [&](const ConvolutionProblem& other) { return other.text() == problems[k].text(); });
    const auto index = static_cast<std::size_t>(same - problems.begin());
    tuning.plans.push_back(index < k ? tuning.plans[index] : fastest(problems[k]));
  }
  tuning.notes.push_back(
      write_cached(file.name(), file.text(tuning.plans))
          ? "convolution plans timed and kept in " + path_of(file)
          : "convolution plans timed; they could not be kept, so a later run may "
            "choose others and differ in the last bits");
  return tuning;
}

}  // namespace corticast::cuda
