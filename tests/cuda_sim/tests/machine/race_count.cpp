#include "tests/cuda_sim/tests/machine/race_count.h"

#include "tests/support/catch.h"

namespace cuda_sim::test {

Size threads(std::uint32_t count, std::uint32_t blocks) {
  return {{blocks, 1, 1}, {count, 1, 1}, 0};
}

std::size_t found(const Kernel& kernel, const Size& size, Fault fault, std::uint64_t words) {
  Bench bench;
  const std::uint64_t a = bench.buffer(std::vector<std::uint32_t>(words, 0));
  const std::uint64_t b = bench.buffer(std::vector<std::uint32_t>(words, 0));
  const auto stopped = bench.run(kernel, size, a, b, 5);
  INFO(bench.text());
  CHECK(!stopped);
  CHECK(bench.count(fault) + bench.count(Fault::kUninitialised) == bench.reports().size());
  return bench.count(fault);
}

}  // namespace cuda_sim::test
