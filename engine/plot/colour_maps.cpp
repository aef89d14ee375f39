#include "engine/plot/colour_maps.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.h"

namespace corticast {
namespace {

// Colours at equal distances, 0xRRGGBB; linear between them.
// RdBu of ColorBrewer (Apache 2.0); viridis and magma of matplotlib (CC0), every 32nd colour.
constexpr std::uint32_t kBlueRed[] = {0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7,
                                      0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f};
constexpr std::uint32_t kViridis[] = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c,
                                      0x28ae80, 0x5ec962, 0xaddc30, 0xfde725};
constexpr std::uint32_t kMagma[] = {0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779,
                                    0xe75263, 0xfc8961, 0xfec488, 0xfcfdbf};

ColourMap between(std::string_view name, bool diverging, std::span<const std::uint32_t> anchors) {
  ColourMap map{name, diverging, {}};
  for (std::size_t i = 0; i < map.colours.size(); ++i) {
    const double at = static_cast<double>(i) / 255.0 * static_cast<double>(anchors.size() - 1);
    const std::size_t k = std::min(static_cast<std::size_t>(at), anchors.size() - 2);
    const double part = at - static_cast<double>(k);
    for (std::size_t c = 0; c < 3; ++c) {
      const auto channel = [&](std::uint32_t colour) {
        return static_cast<double>((colour >> (16 - 8 * c)) & 255);
      };
      map.colours[i][c] = static_cast<std::uint8_t>(
          std::lround((1.0 - part) * channel(anchors[k]) + part * channel(anchors[k + 1])));
    }
  }
  return map;
}

// The value below which a share of them lies.
float percentile(std::vector<float>& values, double share) {
  const auto at =
      static_cast<std::ptrdiff_t>(std::lround(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace

const std::vector<ColourMap>& colour_maps() {
  static const std::vector<ColourMap> maps = {between("blue_red", true, kBlueRed),
                                              between("viridis", false, kViridis),
                                              between("magma", false, kMagma)};
  return maps;
}

const ColourMap& colour_map(const std::string& name) {
  std::string there;
  for (const ColourMap& map : colour_maps()) {
    if (map.name == name) return map;
    there += (there.empty() ? "" : ", ") + std::string(map.name);
  }
  throw Error(ErrorCode::kUsage, "no colour map '" + name + "'", "There are " + there + ".");
}

Colour ResolvedScale::colour(float value) const {
  const double at = (static_cast<double>(value) - static_cast<double>(low)) /
                    (static_cast<double>(high) - static_cast<double>(low));
  return map->colours[static_cast<std::size_t>(std::lround(std::clamp(at, 0.0, 1.0) * 255))];
}

ResolvedScale resolve_scale(const ColourScale& scale, std::span<const float> values) {
  std::vector<float> finite;
  finite.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](float value) { return std::isfinite(value); });
  ResolvedScale resolved;
  if (!finite.empty()) {
    resolved.low = percentile(finite, 0.02);
    resolved.high = percentile(finite, 0.98);
  }
  const bool both_signs = resolved.low < 0 && resolved.high > 0;
  const bool bounded = scale.low || scale.high;
  resolved.symmetric = scale.symmetric.value_or(both_signs && !bounded);
  resolved.low = scale.low.value_or(resolved.low);
  resolved.high = scale.high.value_or(resolved.high);
  if (resolved.symmetric) {
    float end = std::max(std::abs(resolved.low), std::abs(resolved.high));
    if (scale.high || scale.low) end = std::abs(scale.high ? *scale.high : *scale.low);
    if (scale.low && scale.high && *scale.low != -*scale.high) {
      throw Error(ErrorCode::kUsage,
                  "a symmetric colour scale from " + tick_text(*scale.low) + " to " +
                      tick_text(*scale.high),
                  "Give one of the two, or ask for no symmetry.");
    }
    resolved.low = -end;
    resolved.high = end;
  }
  if (scale.low && scale.high && !(resolved.low < resolved.high)) {
    throw Error(ErrorCode::kUsage,
                "the colour scale begins at " + tick_text(resolved.low) + " and ends at " +
                    tick_text(resolved.high),
                "The lower end comes first.");
  }
  if (!(resolved.low < resolved.high)) {  // one value only, or a bound beyond all of them
    const float about = scale.high ? *scale.high : resolved.low;
    const float width = about == 0 ? 1 : std::abs(about) / 2;
    resolved.low = scale.low ? *scale.low : about - width;
    resolved.high = scale.high ? *scale.high : resolved.low + 2 * width;
  }
  const bool diverging = resolved.symmetric || (resolved.low < 0 && resolved.high > 0);
  resolved.map = &colour_map(!scale.map.empty() ? scale.map : diverging ? "blue_red" : "viridis");
  return resolved;
}

std::vector<double> ticks(double low, double high, unsigned count) {
  const double rough = (high - low) / std::max(1U, count);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= rough * 0.999) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> found;
  for (double k = std::ceil(low / step - 1e-6); k * step <= high + 1e-6 * step; ++k) {
    found.push_back(k == 0 ? 0 : k * step);
    if (found.size() > 100) break;  // a range that steps of doubles cannot divide
  }
  return found;
}

std::string tick_text(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return text;
}

}  // namespace corticast
