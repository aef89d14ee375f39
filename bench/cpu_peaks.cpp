#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "bench/peak_loops.h"
#include "bench/peaks.h"
#include "engine/base/instruction_set.h"
#include "kernels/cpu/buffer.h"
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
constexpr std::size_t kRounds = 200;
constexpr double kRoundSeconds = 0.001;
constexpr double kPatience = 1;  // seconds after which there are no more rounds
// Read in turns of a quarter, so that what a round reads left the last-level cache three rounds
// before, unless that is larger than this.
constexpr std::size_t kReadFloats = std::size_t{256} << 18;  // 256 MiB
constexpr std::size_t kTurns = 4;

const PeakLoops& loops() {
  switch (chosen_isa()) {
    case Isa::kAvx512:
      return isa_avx512::peak_loops;
    case Isa::kAvx2:
      return isa_avx2::peak_loops;
    case Isa::kPortable:
      break;
  }
  return isa_portable::peak_loops;
}

// Where threads meet. A waiting thread keeps its processor for a while: woken by the system it
// would start late, and threads that never run at once reach no peak together.
class MeetingPoint {
 public:
  explicit MeetingPoint(unsigned threads) : threads_(threads) {}

  // `last` is called by the last thread to arrive, before any goes on.
  template <typename Last>
  void meet(const Last& last) {
    const unsigned meeting = meeting_.load();
    if (arrived_.fetch_add(1) + 1 == threads_) {
      arrived_ = 0;
      last();
      ++meeting_;
      return;
    }
    for (unsigned spins = 0; meeting_.load() == meeting; ++spins) {
      if (spins > kSpins) std::this_thread::yield();
    }
  }

 private:
  static constexpr unsigned kSpins = 1u << 18;  // about a millisecond

  unsigned threads_;
  std::atomic<unsigned> arrived_{0};
  std::atomic<unsigned> meeting_{0};
};

// Shortest time in which all threads did work(thread, round), over the rounds.
double best_seconds(unsigned threads,
                    const std::function<void(unsigned thread, std::size_t round)>& work) {
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const Clock::time_point begin = Clock::now();
  Clock::time_point start;
  double best = 0;
  std::atomic<bool> enough = false;
  MeetingPoint point(threads);
  const auto rounds = [&](unsigned thread) {
    for (std::size_t round = 0; round < kRounds && !enough; ++round) {
      point.meet([&] { start = Clock::now(); });
      work(thread, round);
      point.meet([&] {
        const double seconds = seconds_since(start);
        best = round == 0 ? seconds : std::min(best, seconds);
        enough = seconds_since(begin) > kPatience;
      });
    }
  };
  std::vector<std::jthread> workers;
  workers.reserve(threads);
  for (unsigned t = 0; t < threads; ++t) workers.emplace_back(rounds, t);
  workers.clear();
  return best;
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
  const double best = best_seconds(threads, [&](unsigned t, std::size_t) {
    results[std::size_t{t} * 16] = loop.multiply_add(rounds, kFactor, kTerm);
  });
  return static_cast<double>(threads) * static_cast<double>(rounds * loop.flops_per_round) / best;
}

double bytes_per_second(unsigned threads) {
  const PeakLoops& loop = loops();
  const std::size_t part = kReadFloats / threads / kTurns / kReadStep * kReadStep;
  const std::size_t share = part * kTurns;
  kernels::cpu::Buffer values(share * threads);
  std::vector<float> results(std::size_t{threads} * 16);
  {
    // Whoever touches memory first has it nearest.
    std::vector<std::jthread> owners;
    owners.reserve(threads);
    for (unsigned t = 0; t < threads; ++t) {
      owners.emplace_back([&, t] { std::fill_n(values.data() + t * share, share, 1.0f); });
    }
  }
  const double best = best_seconds(threads, [&](unsigned t, std::size_t round) {
    results[std::size_t{t} * 16] =
        loop.read(values.data() + t * share + round % kTurns * part, part);
  });
  return static_cast<double>(part * threads * sizeof(float)) / best;
}

}  // namespace

Peaks measure_cpu_peaks(unsigned threads) {
  return {flops_per_second(threads), bytes_per_second(threads)};
}

}  // namespace corticast::bench
