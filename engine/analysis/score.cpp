#include "engine/analysis/score.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/analysis/moments.h"
#include "engine/base/error.h"

namespace corticast {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kBlock = 64;  // images read together

std::size_t rows_without_pair(const std::vector<float>& x, const std::vector<float>& y,
                              std::size_t rows, std::size_t columns) {
  std::size_t without = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    bool any = false;
    for (std::size_t c = r * columns; c < (r + 1) * columns && !any; ++c) {
      any = std::isfinite(x[c]) && std::isfinite(y[c]);
    }
    without += any ? 0 : 1;
  }
  return without;
}

void finish(const PairMoments& sums, Scores& scores) {
  const std::size_t columns = sums.columns();
  scores.r.assign(columns, kNone);
  scores.r2.assign(columns, kNone);
  scores.explained_variance.assign(columns, kNone);
  scores.n.resize(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    const double n = sums.count[c];
    scores.n[c] = static_cast<float>(n);
    if (n < 2) continue;
    const double xx = sums.xx[c];
    const double yy = sums.yy[c];
    if (xx == 0 || yy == 0) ++scores.constant;
    if (yy == 0) continue;
    const double residual = xx + yy - 2 * sums.xy[c];  // sum of (y - x - its mean)^2
    const double offset = sums.mean_y[c] - sums.mean_x[c];
    scores.explained_variance[c] = static_cast<float>(1 - residual / yy);
    scores.r2[c] = static_cast<float>(1 - (residual + n * offset * offset) / yy);
    if (xx == 0) continue;
    const double r = sums.xy[c] / (std::sqrt(xx) * std::sqrt(yy));
    scores.r[c] = static_cast<float>(std::clamp(r, -1.0, 1.0));
  }
}

}  // namespace

Scores score_maps(const Maps& predicted, const Maps& measured, const BlockProgress& progress) {
  const std::size_t images = predicted.names().size();
  const std::size_t columns = predicted.columns();
  if (measured.names().size() != images || measured.columns() != columns) {
    throw Error(ErrorCode::kInternal, "scores of maps that are no pairs");
  }
  Scores scores;
  scores.images = images;
  PairMoments sums(columns);
  const std::size_t block = std::min(kBlock, images);
  std::vector<float> x(block * columns), y(block * columns);
  for (std::size_t first = 0; first < images; first += block) {
    const std::size_t rows = std::min(block, images - first);
    predicted.read({first, rows}, x.data());
    measured.read({first, rows}, y.data());
    sums.add(x.data(), y.data(), rows);
    scores.images_without_value += rows_without_pair(x, y, rows, columns);
    if (progress) progress(first + rows, images);
  }
  finish(sums, scores);
  return scores;
}

NormalisedScores normalise_scores(std::span<const float> r, std::span<const float> noise_ceiling,
                                  double floor) {
  if (r.size() != noise_ceiling.size()) {
    throw Error(ErrorCode::kInternal, "noise ceilings of other vertices");
  }
  NormalisedScores scores;
  scores.r.assign(r.size(), kNone);
  scores.r_squared.assign(r.size(), kNone);
  for (std::size_t c = 0; c < r.size(); ++c) {
    const double ceiling = noise_ceiling[c];
    if (!std::isfinite(ceiling)) {
      ++scores.without;
    } else if (ceiling <= 0 || ceiling < floor) {
      ++scores.below_floor;
    } else {
      const double value = r[c];
      scores.r[c] = static_cast<float>(value / std::sqrt(ceiling));
      scores.r_squared[c] = static_cast<float>(value * value / ceiling);
    }
  }
  return scores;
}

bool ceilings_as_fractions(std::vector<float>& noise_ceiling, const std::string& name) {
  float highest = 0;
  for (const float ceiling : noise_ceiling) {
    if (!std::isfinite(ceiling)) continue;
    if (ceiling < 0 || ceiling > 100) {
      throw Error(ErrorCode::kUsage, name + ": " + tsv_number(ceiling) + " is no noise ceiling",
                  "Expected are fractions of explainable variance, 0 to 1, or per cent.");
    }
    highest = std::max(highest, ceiling);
  }
  // A fraction is a little above 1 at most, by rounding.
  if (highest <= 1.0001F) return false;
  for (float& ceiling : noise_ceiling) ceiling /= 100;
  return true;
}

}  // namespace corticast
