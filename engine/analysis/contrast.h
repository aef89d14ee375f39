// What responses to some categories of images have over those to others, per vertex.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/analysis/categories.h"
#include "engine/analysis/moments.h"
#include "engine/analysis/score.h"
#include "engine/maps/maps.h"

namespace corticast {

enum class WeighBy {
  kCategories,  // a side is the mean of its categories' means, as fLoc's contrasts and MOSAIC's
                // localizer have it: a category of more images does not count for more
  kImages,      // a side is the mean of its images
};

// With each side the mean of its groups (categories, or one group of all its images), w = 1 /
// number of groups on a side, and per group n images of variance v (n - 1):
//   difference  mean above - mean below
//   t           difference / sqrt(sum of w^2 v / n): Welch's t, which supposes no equal variances;
//               for two groups that of scipy.stats.ttest_ind(equal_var=False)
//   d           Cohen's d: difference / sqrt(sum of (n - 1) v / sum of (n - 1)), the pooled
//               standard deviation within groups
//   n           images
// NaN: a group without an image that has a value; of t and d also one without variance anywhere or
// (t) with a single image.
struct ContrastMaps {
  std::vector<float> difference, t, d, n;  // [columns]
};

// Sums over the images of the categories `used` (ascending, each once); reads the maps once, in
// blocks. Memory: three doubles per used category and vertex.
struct CategoryMoments {
  std::vector<Moments> moments;          // by category; of no vertices where it is not used
  std::vector<std::size_t> images;       // by category
  std::size_t images_without_value = 0;  // at any vertex
};
CategoryMoments category_moments(const Maps& maps, const Categories& categories,
                                 const std::vector<std::size_t>& used,
                                 const BlockProgress& progress = {});

// The contrast's categories must have been used.
ContrastMaps contrast_maps(const CategoryMoments& categories, const Contrast& contrast,
                           WeighBy weigh);

}  // namespace corticast
