#include <algorithm>

#include "tests/cuda_sim/libraries/cublas_call.h"

namespace cuda_sim::cublas {
namespace {

using cudnn::Finding;

// The columns of a batch of matrices as byte ranges.
struct Columns {
  const MatrixArgument& matrix;
  Extent extent;
  std::int64_t batch;

  // With a stride of 0 all matrices of the batch are one.
  std::int64_t matrices() const { return matrix.stride == 0 ? 1 : batch; }
  std::uint64_t bytes() const {
    return static_cast<std::uint64_t>(extent.rows) * element_bytes(matrix.type);
  }
  std::uint64_t start(std::int64_t index, std::int64_t column) const {
    return matrix.address + static_cast<std::uint64_t>(index * matrix.stride + column * matrix.ld) *
                                element_bytes(matrix.type);
  }
  std::uint64_t end() const { return start(matrices() - 1, extent.columns - 1) + bytes(); }
  std::vector<std::uint64_t> starts() const {
    std::vector<std::uint64_t> all;
    for (std::int64_t index = 0; index < matrices(); ++index)
      for (std::int64_t column = 0; column < extent.columns; ++column)
        all.push_back(start(index, column));
    std::sort(all.begin(), all.end());
    return all;
  }
};

bool overlap(const Columns& input, const Columns& output) {
  if (input.end() <= output.matrix.address || output.end() <= input.matrix.address) return false;
  // Matrices may lie in the gaps of each other: compare column by column.
  const std::vector<std::uint64_t> written = output.starts();
  const std::vector<std::uint64_t> read = input.starts();
  return std::any_of(read.begin(), read.end(), [&](std::uint64_t start) {
    const auto next = std::lower_bound(written.begin(), written.end(), start);
    return (next != written.end() && *next < start + input.bytes()) ||
           (next != written.begin() && *std::prev(next) + output.bytes() > start);
  });
}

bool overlaps_itself(const Columns& output) {
  if (output.batch > 1 && output.matrix.stride == 0) return true;
  const std::vector<std::uint64_t> starts = output.starts();
  for (std::size_t i = 1; i < starts.size(); ++i)
    if (starts[i] - starts[i - 1] < output.bytes()) return true;
  return false;
}

bool initialised(const Columns& input, Memory& memory) {
  bool all = true;
  for (std::int64_t index = 0; index < input.matrices(); ++index)
    for (std::int64_t column = 0; column < input.extent.columns && all; ++column)
      memory.read(input.start(index, column), input.bytes(), &all);
  return all;
}

void add_bounds(const std::string& name, const Columns& columns, Memory& memory,
                std::vector<Finding>& findings) {
  const std::uint64_t bytes = columns.end() - columns.matrix.address;
  const std::string reason = cudnn::outside(memory, columns.matrix.address, bytes);
  if (!reason.empty())
    findings.push_back({Fault::kGlobalBounds,
                        name + " takes " + std::to_string(bytes) + " bytes: " + reason, true});
}

}  // namespace

std::uint64_t span(const MatrixArgument& matrix, const Extent& extent) {
  return static_cast<std::uint64_t>((extent.columns - 1) * matrix.ld + extent.rows) *
         element_bytes(matrix.type);
}

std::vector<Finding> check_memory(const Call& call, bool reads_ab, bool reads_c, Memory& memory) {
  std::vector<Finding> findings;
  const Columns c{call.c, {call.m, call.n}, call.batch};
  add_bounds("C", c, memory, findings);
  const Columns a{call.a, extent_a(call), call.batch};
  const Columns b{call.b, extent_b(call), call.batch};
  if (reads_ab) {
    add_bounds("A", a, memory, findings);
    add_bounds("B", b, memory, findings);
  }
  if (!findings.empty()) return findings;

  const auto uninitialised = [&](const std::string& name, const Columns& columns) {
    if (!initialised(columns, memory))
      findings.push_back({Fault::kUninitialised,
                          name + " in " + memory.find(columns.matrix.address)->describe() +
                              " is read, but not all of it was ever written",
                          false});
  };
  if (overlaps_itself(c))
    findings.push_back({Fault::kLibrary,
                        "matrices C of the batch overlap: ldc is " + std::to_string(call.c.ld) +
                            ", strideC " + std::to_string(call.c.stride),
                        false});
  if (reads_c) uninitialised("C", c);
  if (!reads_ab) return findings;
  uninitialised("A", a);
  uninitialised("B", b);
  if (overlap(a, c)) findings.push_back({Fault::kLibrary, "A and C overlap", false});
  if (overlap(b, c)) findings.push_back({Fault::kLibrary, "B and C overlap", false});
  return findings;
}

}  // namespace cuda_sim::cublas
