// How well a map tells a mask's vertices from the others, over all thresholds.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace corticast {

// Vertices are called positive where their score is at least the threshold; thresholds are the
// distinct scores, ascending, so tied vertices change sides together:
//   precision  true positives / called positive
//   recall     true positives / positives
// After the last threshold, as scikit-learn's precision_recall_curve has it, comes precision 1 at
// recall 0: those two are one longer than `thresholds`.
struct PrecisionRecall {
  std::vector<double> thresholds, precision, recall;
  std::size_t vertices = 0, positives = 0;  // compared, and of these in the mask
  // Sum over thresholds of precision times the step in recall (scikit-learn's
  // average_precision_score). What chance would give is positives / vertices.
  double average_precision = 0;
  // The threshold with the largest F1 = 2 p r / (p + r); the lowest of equals.
  double best_threshold = 0, best_f1 = 0;
};

// scores: a value not finite leaves the vertex out; mask: NaN likewise, otherwise in the mask if
// above 0. Throws Error{kUsage} if no vertex is left in the mask.
PrecisionRecall precision_recall(std::span<const float> scores, std::span<const float> mask);

}  // namespace corticast
