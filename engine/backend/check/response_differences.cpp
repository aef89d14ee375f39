#include "engine/backend/check/response_differences.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "engine/base/text.h"

namespace corticast {
namespace {

// The largest of many differences is several times their RMS, and some vertices lose more than
// others.
constexpr double kLargest = 32;

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

double rms_of(const float* values, std::size_t size) {
  double squares = 0;
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!std::isfinite(values[i])) continue;
    squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    ++numbers;
  }
  return numbers == 0 ? 0 : std::sqrt(squares / static_cast<double>(numbers));
}

}  // namespace

double allowed_difference(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
    case Precision::kFp32Strict:
      return 3e-6;
    case Precision::kTf32:
    case Precision::kFp16:
      return 5e-3;
    case Precision::kBf16:
      break;
  }
  return 3e-2;
}

ResponseDifferences::ResponseDifferences(const Request& request) : columns_(request.columns) {
  for (const Target& target : request.targets) targets_.push_back(target.name);
}

void ResponseDifferences::add(const Responses& got, const Responses& expected) {
  if (got.images != expected.images || got.columns != columns_ || expected.columns != columns_) {
    throw Error(ErrorCode::kInternal, "two devices answered to different requests");
  }
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    const double rms = rms_of(expected.targets[t], got.images * columns_);
    for (std::size_t n = 0; n < got.images; ++n) {
      add_row({t, images_ + n, 0, 0, 0}, got.targets[t] + n * columns_,
              expected.targets[t] + n * columns_, rms);
    }
  }
  images_ += got.images;
}

void ResponseDifferences::add_row(const Place& row, const float* got, const float* expected,
                                  double rms) {
  for (std::size_t c = 0; c < columns_; ++c) {
    const Place place{row.target, row.image, c, got[c], expected[c]};
    if (!std::isfinite(got[c]) || !std::isfinite(expected[c])) {
      const bool both_nan = std::isnan(got[c]) && std::isnan(expected[c]);
      if (both_nan || got[c] == expected[c]) continue;
      if (disagreements_++ == 0) disagreement_at_ = place;
      continue;
    }
    ++values_;
    if (got[c] == expected[c]) {
      ++equal_;
      continue;
    }
    const double difference =
        std::abs(static_cast<double>(got[c]) - static_cast<double>(expected[c]));
    const double relative = rms > 0 ? difference / rms : std::numeric_limits<double>::infinity();
    squares_ += relative * relative;
    if (relative > largest_) {
      largest_ = relative;
      largest_at_ = place;
    }
    const double decade = std::floor(std::log10(relative)) - (kFirstDecade - 1);
    ++decades_[static_cast<std::size_t>(std::clamp(decade, 0.0, double{kDecades - 1}))];
  }
}

double ResponseDifferences::rms() const {
  return values_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(values_));
}

bool ResponseDifferences::within(double allowed) const {
  return disagreements_ == 0 && rms() <= allowed && largest_ <= kLargest * allowed;
}

std::vector<std::string> ResponseDifferences::lines(double allowed) const {
  std::vector<std::string> lines = {
      grouped(images_) + (images_ == 1 ? " image, " : " images, ") + grouped(values_) +
      " responses: RMS of the differences " +
      format("%.1e of the responses' RMS, %.1e allowed", rms(), allowed)};
  if (largest_ > 0) {
    lines.push_back(
        format("largest difference %.1e of the RMS, %.1e allowed: ", largest_, kLargest * allowed) +
        text_of(largest_at_));
  }
  if (values_ > 0) lines.push_back("differences by size: " + spread());
  if (disagreements_ > 0) {
    lines.push_back(grouped(disagreements_) +
                    " times a number on one device only; the first: " + text_of(disagreement_at_));
  }
  return lines;
}

std::string ResponseDifferences::text_of(const Place& place) const {
  return "image " + grouped(place.image) + " (from 0), " + targets_[place.target] + ", column " +
         grouped(place.column) +
         format(": %.9g and %.9g", static_cast<double>(place.got),
                static_cast<double>(place.expected));
}

std::string ResponseDifferences::spread() const {
  const auto share = [this](std::size_t count) {
    return format(" %.3g %%", 100 * static_cast<double>(count) / static_cast<double>(values_));
  };
  std::string text = "none" + share(equal_);
  for (std::size_t k = 0; k < kDecades; ++k) {
    if (decades_[k] == 0) continue;
    const int decade = kFirstDecade + static_cast<int>(k);
    text += k + 1 < kDecades ? format(", below 1e%d", decade) : std::string(", larger");
    text += share(decades_[k]);
  }
  return text;
}

}  // namespace corticast
