// A readout with random weights and images, for every way of computing one.
#pragma once

#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/readout.h"
#include "tests/support/random.h"

namespace corticast::test {

struct ReadoutProblem {
  int channels;
  int positions;
  std::size_t vertices;
  std::size_t images;
  std::vector<float> spatial, features, bias, x;

  ReadoutProblem(int c, int p, std::size_t v, std::size_t n)
      : channels(c), positions(p), vertices(v), images(n) {
    Random random(c * 1000003u + p * 1009u + v * 31u + n);
    spatial = random.floats(v * p);
    features = random.floats(v * c);
    bias = random.floats(v);
    x = random.floats(n * p * c);
  }
  kernels::ReadoutWeights weights() const {
    return {channels, positions, spatial.data(), features.data(), bias.data()};
  }
  // The same problem with every number made positive: its result is the sum of absolute terms.
  ReadoutProblem magnitudes() const {
    ReadoutProblem positive = *this;
    for (auto* values : {&positive.spatial, &positive.features, &positive.bias, &positive.x}) {
      for (float& value : *values) value = std::abs(value);
    }
    return positive;
  }
  // [images, rows], by the reference.
  std::vector<double> expected(const std::vector<std::uint32_t>& rows) const {
    std::vector<double> y(images * rows.size());
    kernels::reference::readout(weights(), rows, x.data(), images, y.data());
    return y;
  }
};

inline std::vector<std::uint32_t> all_rows(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

}  // namespace corticast::test
