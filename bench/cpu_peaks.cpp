#include <algorithm>
#include <barrier>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "bench/peak_loops.h"
#include "bench/peaks.h"
#include "engine/base/aligned_buffer.h"
#include "kernels/cpu/isa.h"

namespace corticast::bench {

namespace isa_portable {
extern const PeakLoops peak_loops;
}
namespace isa_avx2 {
extern const PeakLoops peak_loops;
}
namespace isa_avx512 {
extern const PeakLoops peak_loops;
}

namespace {

using Clock = std::chrono::steady_clock;
using kernels::cpu::Isa;

// Short rounds, many of them: where other programs run, too, some round meets none of them.
constexpr int kRounds = 50;
constexpr double kRoundSeconds = 0.004;
// Larger than the last-level caches of today's servers' sockets that a process is likely to have to
// itself.
constexpr std::size_t kReadFloats = std::size_t{256} << 18;  // 256 MiB

const PeakLoops& loops() {
  switch (kernels::cpu::available_isas().back()) {
    case Isa::kAvx512:
      return isa_avx512::peak_loops;
    case Isa::kAvx2:
      return isa_avx2::peak_loops;
    case Isa::kPortable:
      break;
  }
  return isa_portable::peak_loops;
}

// Shortest time in which all threads did work(thread) once, over the rounds; they start together.
double best_seconds(unsigned threads, const std::function<void(unsigned)>& work) {
  std::vector<double> round_seconds(kRounds);
  Clock::time_point start;
  int round = 0;
  bool running = false;
  // Runs when the last thread arrives: alternately starts the clock and reads it.
  const auto tick = [&]() noexcept {
    if (!running) {
      start = Clock::now();
    } else {
      round_seconds[static_cast<std::size_t>(round++)] =
          std::chrono::duration<double>(Clock::now() - start).count();
    }
    running = !running;
  };
  std::barrier together(static_cast<std::ptrdiff_t>(threads), tick);
  std::vector<std::jthread> workers;
  for (unsigned t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        together.arrive_and_wait();
        work(t);
        together.arrive_and_wait();
      }
    });
  }
  workers.clear();
  return *std::min_element(round_seconds.begin(), round_seconds.end());
}

double flops_per_second(unsigned threads) {
  const PeakLoops& loop = loops();
  constexpr float kFactor = 0.999f;  // with this term the chains stay near 1 for ever
  constexpr float kTerm = 0.001f;
  std::size_t rounds = 1000;
  double seconds = 0;
  while (seconds < kRoundSeconds) {
    rounds *= 2;
    const Clock::time_point start = Clock::now();
    loop.multiply_add(rounds, kFactor, kTerm);
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  std::vector<float> results(std::size_t{threads} * 16);  // a cache line each
  const double best = best_seconds(threads, [&](unsigned t) {
    results[std::size_t{t} * 16] = loop.multiply_add(rounds, kFactor, kTerm);
  });
  return static_cast<double>(threads) * static_cast<double>(rounds * loop.flops_per_round) / best;
}

double bytes_per_second(unsigned threads) {
  const PeakLoops& loop = loops();
  const std::size_t share = kReadFloats / threads / 256 * 256;
  AlignedBuffer values(share * threads);
  std::vector<float> results(std::size_t{threads} * 16);
  {
    // Whoever touches memory first has it nearest.
    std::vector<std::jthread> owners;
    for (unsigned t = 0; t < threads; ++t) {
      owners.emplace_back([&, t] { std::fill_n(values.data() + t * share, share, 1.0f); });
    }
  }
  const double best = best_seconds(threads, [&](unsigned t) {
    results[std::size_t{t} * 16] = loop.read(values.data() + t * share, share);
  });
  return static_cast<double>(share * threads * sizeof(float)) / best;
}

}  // namespace

Peaks measure_cpu_peaks(unsigned threads) {
  return {flops_per_second(threads), bytes_per_second(threads)};
}

}  // namespace corticast::bench
