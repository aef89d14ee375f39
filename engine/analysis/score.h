// How well predictions agree with measurements, per vertex, over images.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "engine/analysis/statistic_maps.h"
#include "engine/maps/maps.h"

namespace corticast {

// Called after each block with images done and in all.
using BlockProgress = std::function<void(std::size_t, std::size_t)>;

// With x predicted, y measured, over the images where both are finite:
//   r                   Pearson's correlation
//   r2                  coefficient of determination, 1 - sum (y - x)^2 / sum (y - mean y)^2: the
//                       prediction as it is, scale and offset included; below 0 it is worse than
//                       the mean
//   explained_variance  1 - var(y - x) / var(y): r2 but for a constant offset
//   n                   images
// NaN where fewer than two images have both, or the measurement has no variance (of r: either).
struct Scores {
  std::vector<float> r, r2, explained_variance, n;  // [columns]
  std::size_t images = 0;                           // pairs read
  std::size_t images_without_value = 0;             // of these, without a finite pair anywhere
  std::size_t constant = 0;  // vertices with two images or more but no variance in x or y
};

// predicted, measured: equal numbers of maps and of columns, pair by pair. Reads both once, in
// blocks: memory does not depend on the number of images.
Scores score_maps(const Maps& predicted, const Maps& measured, const BlockProgress& progress = {});

// With nc the noise ceiling, the fraction of a vertex's variance that its stimuli could explain
// (NCSNR^2 / (NCSNR^2 + 1/n), Allen et al. 2022, A massive 7T fMRI dataset to bridge cognitive
// neuroscience and artificial intelligence):
//   r_normalised          r / sqrt(nc), the largest correlation there could be being sqrt(nc)
//   r_squared_normalised  r^2 / nc, the share of the explainable variance
// NaN where nc is not a number or below `floor` or 0.
struct NormalisedScores {
  std::vector<float> r, r_squared;  // [columns]
  std::size_t below_floor = 0;      // vertices with a ceiling under the floor
  std::size_t without = 0;          // vertices without a ceiling
};
NormalisedScores normalise_scores(std::span<const float> r, std::span<const float> noise_ceiling,
                                  double floor);

// Ceilings written in per cent (one is above 1) as fractions; true if they were. Throws
// Error{kUsage} for one below 0 or above 100. name: for messages.
bool ceilings_as_fractions(std::vector<float>& noise_ceiling, const std::string& name);

}  // namespace corticast
