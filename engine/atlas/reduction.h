// Outputs that are linear functionals over vertices (ROI means, a user's matrix), as numbers only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corticast {

// Sparse rows over a request's computed rows; see kernels/functionals.h for what they mean.
struct Reduction {
  std::string kind;                // "roi-mean", "group-mean", or "matrix"
  std::vector<std::string> names;  // [outputs], "L_V1"; each once
  std::vector<std::size_t> begin;  // [outputs + 1]; no terms: the output is NaN
  std::vector<std::uint32_t> row;  // [terms], index into Request::rows, ascending in each output
  std::vector<double> weight;      // [terms]
  std::string digest;              // SHA-256 of a user's matrix as read, 64 hex digits; else ""

  std::size_t outputs() const { return names.size(); }
};

// A reduction and the readout rows that it needs, ascending: Request::rows.
struct ReducedRows {
  std::vector<std::uint32_t> rows;
  Reduction reduction;
};

// How many vertices each output is made of: its terms of a weight other than 0. Of a mean, 0 is the
// mean of nothing, NaN; of a matrix, a row of zeros, which gives 0.
std::vector<std::int32_t> vertex_counts(const Reduction& reduction);

// The outputs that have terms, ascending: the others are NaN on purpose.
std::vector<std::uint32_t> outputs_with_terms(const Reduction& reduction);

}  // namespace corticast
