#include "engine/analysis/precision_recall.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/error.h"

namespace corticast {
namespace {

double f1(double precision, double recall) {
  const double sum = precision + recall;
  return sum > 0 ? 2 * precision * recall / sum : 0;
}

}  // namespace

PrecisionRecall precision_recall(std::span<const float> scores, std::span<const float> mask) {
  if (scores.size() != mask.size()) {
    throw Error(ErrorCode::kInternal, "a mask of other vertices");
  }
  std::vector<std::pair<float, bool>> vertices;
  vertices.reserve(scores.size());
  PrecisionRecall curve;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!std::isfinite(scores[i]) || std::isnan(mask[i])) continue;
    vertices.emplace_back(scores[i], mask[i] > 0);
    if (mask[i] > 0) ++curve.positives;
  }
  curve.vertices = vertices.size();
  if (curve.positives == 0) {
    throw Error(ErrorCode::kUsage, "the mask holds none of the vertices that have a value",
                "A mask is above 0 at its vertices, 0 elsewhere.");
  }
  std::sort(vertices.begin(), vertices.end());
  const auto positives = static_cast<double>(curve.positives);
  std::size_t left_behind = 0;  // positives below the threshold
  for (std::size_t i = 0; i < vertices.size();) {
    const double found = positives - static_cast<double>(left_behind);
    curve.thresholds.push_back(double{vertices[i].first});
    curve.precision.push_back(found / static_cast<double>(vertices.size() - i));
    curve.recall.push_back(found / positives);
    const float tied = vertices[i].first;
    for (; i < vertices.size() && vertices[i].first == tied; ++i) {
      if (vertices[i].second) ++left_behind;
    }
  }
  curve.precision.push_back(1);
  curve.recall.push_back(0);
  curve.best_threshold = curve.thresholds.front();
  for (std::size_t i = 0; i < curve.thresholds.size(); ++i) {
    curve.average_precision += (curve.recall[i] - curve.recall[i + 1]) * curve.precision[i];
    const double value = f1(curve.precision[i], curve.recall[i]);
    if (value <= curve.best_f1) continue;
    curve.best_f1 = value;
    curve.best_threshold = curve.thresholds[i];
  }
  return curve;
}

}  // namespace corticast
