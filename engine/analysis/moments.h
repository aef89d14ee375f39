// Means, variances and covariances per vertex over any number of images, in one pass and in double:
// each block of images about its own mean, blocks joined by the pairwise update of Chan, Golub and
// LeVeque (1979, Updating formulae and a pairwise algorithm for computing sample variances). A
// series of equal values has a sum of squares of exactly 0.
#pragma once

#include <cstddef>
#include <vector>

namespace corticast {

// One series per vertex. Values that are not finite are no values: left out, vertex by vertex.
class Moments {
 public:
  explicit Moments(std::size_t columns);
  // values: [rows, columns].
  void add(const float* values, std::size_t rows);
  // Everything that was added to `other`, as if it had been added here.
  void add(const Moments& other);

  std::size_t columns() const { return count.size(); }
  // n, mean and sum of squared deviations from it: [columns].
  std::vector<double> count, mean, squares;
};

// Two series per vertex; a pair counts where both are finite.
class PairMoments {
 public:
  explicit PairMoments(std::size_t columns);
  // x, y: [rows, columns].
  void add(const float* x, const float* y, std::size_t rows);

  std::size_t columns() const { return count.size(); }
  // n, means and sums of products of deviations from them: [columns].
  std::vector<double> count, mean_x, mean_y, xx, yy, xy;
};

}  // namespace corticast
