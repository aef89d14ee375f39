// How two devices' responses to the same images differ: counted over any number of batches.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/backend/backend.h"

namespace corticast {

// The RMS of the differences that rounding explains where one device computes in this precision
// and the other in it or a finer one, relative to the responses' RMS: fp32 and fp32-strict 3e-6,
// tf32 and fp16 5e-3, bf16 3e-2.
double allowed_difference(Precision precision);

// Differences are measured in units of the RMS of the second device's responses of the same batch
// and target, so that quiet and loud subjects weigh the same.
class ResponseDifferences {
 public:
  explicit ResponseDifferences(const Request& request);

  // The next batch's responses of both devices, for the same images.
  void add(const Responses& got, const Responses& expected);

  // No number on one side only, and an RMS of at most `allowed`, with no difference larger than 32
  // times that.
  bool within(double allowed) const;
  // For people: totals, where the largest difference is, how they spread over the decades.
  std::vector<std::string> lines(double allowed) const;

 private:
  struct Place {
    std::size_t target;
    std::size_t image;  // of all images added, from 0
    std::size_t column;
    float got;
    float expected;
  };
  // |difference| below 1e-9, from there below 1e-8, ..., below 1, and what is larger.
  static constexpr int kFirstDecade = -9;
  static constexpr std::size_t kDecades = 11;

  void add_row(const Place& row, const float* got, const float* expected, double rms);
  double rms() const;
  std::string text_of(const Place& place) const;
  std::string spread() const;

  std::vector<std::string> targets_;
  std::size_t columns_;
  std::size_t images_ = 0;
  std::size_t values_ = 0;  // numbers on both sides
  std::size_t equal_ = 0;
  double squares_ = 0;
  double largest_ = 0;
  Place largest_at_{};
  std::size_t disagreements_ = 0;  // a number on one side only
  Place disagreement_at_{};        // the first of them
  std::array<std::size_t, kDecades> decades_{};
};

}  // namespace corticast
