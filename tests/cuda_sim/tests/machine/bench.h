// Runs a few lines of PTX on a device of the machine, with chosen launch and buffers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::test {

struct Kernel {
  // Sees buffers a and b (addresses in %a, %b), %n, %tid and %ctaid (x), %thread (of the grid), and
  // shared memory "tile" of `shared` bytes. Free registers: %r<32> (32 bits), %w<32> (64), %h<8>
  // (16), %f<8>, %p<8>, %at<8> (64).
  std::string body;
  unsigned shared = 0;
  std::string target = "sm_80";
};

struct Size {
  Dim3 grid{1, 1, 1};
  Dim3 block{32, 1, 1};
  std::uint32_t dynamic_shared = 0;
};

class Bench {
 public:
  Bench();
  // A buffer of 32-bit words, or of bytes that nobody has written.
  std::uint64_t buffer(const std::vector<std::uint32_t>& words);
  std::uint64_t empty(std::uint64_t bytes);
  std::vector<std::uint32_t> words(std::uint64_t address, std::size_t count);

  // The fault of the KernelFault that ended the launch, if one did.
  std::optional<Fault> run(const Kernel& kernel, const Size& size, std::uint64_t a = 0,
                           std::uint64_t b = 0, std::uint32_t n = 0);
  const std::vector<Report>& reports() const { return reports_.all(); }
  std::size_t count(Fault fault) const;
  const Report& only() const;  // the one report there is; throws otherwise
  std::string text() const;    // all reports, for INFO
  const KernelCounts& counts() { return device.counts().at("kernel"); }

 private:
  Reports reports_;

 public:
  Device device;
};

}  // namespace cuda_sim::test
