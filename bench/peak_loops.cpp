// Compiled once per instruction set; no library headers with inline functions, because code
// compiled for AVX-512 must not leak into functions that the linker shares with the program.
#include "bench/peak_loops.h"

namespace corticast::bench::CORTICAST_ISA {
namespace {

constexpr std::size_t kLanes = CORTICAST_LANES;
// Multiply-adds in flight. They hide the latency of one (4 cycles, 2 a cycle) and, with factor and
// term, fit into 16 registers; of more than 16, gcc would not unroll the loop over them.
constexpr std::size_t kChains = 12;
constexpr std::size_t kReads = 8;

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

float sum_of(const Vector& vector) {
  float sum = 0;
  for (std::size_t i = 0; i < kLanes; ++i) sum += vector[i];
  return sum;
}

float multiply_add(std::size_t rounds, float factor, float term) {
  Vector chains[kChains];
  for (std::size_t j = 0; j < kChains; ++j) chains[j] = Vector{} + static_cast<float>(j);
  const Vector factors = Vector{} + factor;
  const Vector terms = Vector{} + term;
  for (std::size_t i = 0; i < rounds; ++i) {
    for (std::size_t j = 0; j < kChains; ++j) chains[j] = chains[j] * factors + terms;
  }
  float sum = 0;
  for (std::size_t j = 0; j < kChains; ++j) sum += sum_of(chains[j]);
  return sum;
}

float read(const float* values, std::size_t floats) {
  Vector sums[kReads] = {};
  for (std::size_t i = 0; i < floats; i += kReads * kLanes) {
    for (std::size_t j = 0; j < kReads; ++j) {
      sums[j] += *static_cast<const Vector*>(static_cast<const void*>(values + i + j * kLanes));
    }
  }
  float sum = 0;
  for (std::size_t j = 0; j < kReads; ++j) sum += sum_of(sums[j]);
  return sum;
}

}  // namespace

extern const PeakLoops peak_loops;
const PeakLoops peak_loops = {multiply_add, 2 * kLanes* kChains, read};

}  // namespace corticast::bench::CORTICAST_ISA
