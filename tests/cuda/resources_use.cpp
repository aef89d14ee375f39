// Every launcher of kernels.h, on the smallest shapes that lead to each of its kernels.
#include <cuda_runtime_api.h>

#include <functional>
#include <stdexcept>

#include "kernels/cuda/kernels.h"
#include "tests/cuda/resources.h"
#include "tests/cuda_sim/runtime/session.h"

namespace corticast::test {
namespace {

using namespace kernels::cuda;

constexpr Element kElements[] = {Element::kFloat32, Element::kFloat16, Element::kBfloat16};
constexpr int kPositions = 676;  // shared memory is cut to the number of positions

class Uses {
 public:
  explicit Uses(const cuda_sim::Profile& card) : card_(card) {
    cuda_sim::runtime::Setup setup;
    setup.profile = card;
    cuda_sim::runtime::reset(setup);
    cudaMalloc(&zeros_, kBytes);
    cudaMalloc(&results_, kBytes);
    cudaMemset(zeros_, 0, kBytes);
    cudaMemset(results_, 0, kBytes);
  }
  ~Uses() {
    cudaFree(zeros_);
    cudaFree(results_);
  }
  Uses(const Uses&) = delete;
  Uses& operator=(const Uses&) = delete;

  template <class T>
  const T* in() const {
    return static_cast<const T*>(zeros_);
  }
  template <class T>
  T* out() const {
    return static_cast<T*>(results_);
  }
  // Of counters: apart from the results.
  unsigned long long* counter() const {
    return reinterpret_cast<unsigned long long*>(out<char>() + kBytes - 64);
  }

  // Whatever kernel runs for the first time is this launcher's. may_refuse: the card may lack what
  // the launcher needs.
  void run(const std::string& launcher, const std::function<cudaError_t()>& launch,
           bool may_refuse = false) {
    const cudaError_t error = launch();
    if (error == cudaErrorInvalidValue && may_refuse) return;
    if (error != cudaSuccess || cudaDeviceSynchronize() != cudaSuccess ||
        !cuda_sim::runtime::reports().empty()) {
      std::string why = cudaGetErrorString(error);
      for (const auto& report : cuda_sim::runtime::reports()) why += "\n" + to_string(report);
      throw std::runtime_error(launcher + "() on " + card_.name + ": " + why);
    }
    for (const auto& [name, counts] : cuda_sim::runtime::counts()) {
      Use& use = uses_[name];
      if (use.launcher.empty()) use.launcher = launcher;
      use.block_threads = counts.block_threads;
      use.dynamic_shared = counts.dynamic_shared;
    }
  }

  std::map<std::string, Use> all() const { return uses_; }

 private:
  static constexpr std::size_t kBytes = 1 << 21;
  const cuda_sim::Profile& card_;
  void* zeros_ = nullptr;
  void* results_ = nullptr;
  std::map<std::string, Use> uses_;
};

void use_planes(Uses& uses) {
  const auto* x = uses.in<float>();
  auto* y = uses.out<float>();
  for (const std::size_t pixels : {8u, 7u}) {
    uses.run("normalize_pixels",
             [&] { return normalize_pixels(uses.in<std::uint8_t>(), 1, pixels, x, y, nullptr); });
  }
  for (const int width : {8, 7}) {
    uses.run("pool2d_average", [&] { return pool2d_average({1, 1, 4, width, 2}, x, y, nullptr); });
  }
  uses.run("pool2d_average_to_channels_last", [&] {
    return pool2d_average_to_channels_last({1, 8, 4, 8, 2}, x, y, nullptr);
  });
  for (const int channels : {8, 7}) {
    uses.run("readout", [&] {
      return readout({1, 1, kPositions, channels, 1}, x, x, x, x, y, nullptr);
    });
  }
  uses.run("scatter_columns",
           [&] { return scatter_columns(x, 1, 4, uses.in<std::uint32_t>(), 8, y, nullptr); });
}

void use_channels_last(Uses& uses, Element element) {
  const auto* x = uses.in<float>();
  void* const y = uses.out<void>();
  uses.run("normalize_pixels_channels_last", [&] {
    return normalize_pixels_channels_last(uses.in<std::uint8_t>(), 1, 8, x, element, y, nullptr);
  });
  uses.run("planes_to_channels_last",
           [&] { return planes_to_channels_last(x, 1, 8, element, y, uses.counter(), nullptr); });
  for (const int stride : {1, 2}) {
    uses.run("pool2d_average_channels_last", [&] {
      return pool2d_average_channels_last({1, 8, 4, 8, stride}, element, x, 64, y, uses.counter(),
                                          nullptr);
    });
  }
  for (const std::size_t size : {64u, 63u}) {
    uses.run("count_non_finite",
             [&] { return count_non_finite(element, x, size, uses.counter(), nullptr); });
  }
  for (const std::size_t width : {16u, 15u}) {
    for (const std::size_t padded : {16u, 24u}) {
      uses.run("convert_rows", [&] {
        return convert_rows(x, 2, width, padded, element, y, uses.counter(), nullptr);
      });
    }
  }
  uses.run("convert_filters",
           [&] { return convert_filters(x, 8, 3, 3, 8, element, y, uses.counter(), nullptr); });
  for (const int channels : {384, 16, 8}) {
    uses.run("reduce_channels", [&] {
      return reduce_channels(1, 2, channels, element, x, x, x, uses.out<float>(), 2, nullptr);
    });
  }
}

void use_tensor(Uses& uses, const cuda_sim::Profile& card, Element element) {
  const Card how{static_cast<int>(card.sm), static_cast<int>(card.multiprocessors),
                 card.shared_per_block_optin};
  const auto* x = uses.in<float>();
  uses.run(
      "readout_tensor",
      [&] {
        return readout_tensor({1, 1, kPositions, 8, how.multiprocessors}, how, element, x, x, x, x,
                              uses.out<float>(), nullptr);
      },
      card.sm < 80 && element != Element::kFloat16);
}

}  // namespace

std::map<std::string, Use> use_every_kernel(const cuda_sim::Profile& card) {
  Uses uses(card);
  use_planes(uses);
  for (const Element element : kElements) {
    use_channels_last(uses, element);
    use_tensor(uses, card, element);
  }
  return uses.all();
}

}  // namespace corticast::test
