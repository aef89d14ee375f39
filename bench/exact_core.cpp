#include "bench/exact_core.h"

#include <algorithm>
#include <array>

#include "engine/image/preprocess.h"

namespace corticast::bench {
namespace {

constexpr std::size_t kOutputs = 8;  // channels computed side by side
constexpr std::size_t kColumns = 2;  // neighbours that share every weight that is read

struct Plane {
  std::size_t side = 0;
  std::size_t channels = 0;
  std::vector<double> values;  // [side, side, channels]

  Plane(std::size_t s, std::size_t c) : side(s), channels(c), values(s * s * c) {}
  double* at(std::size_t row, std::size_t column) {
    return values.data() + (row * side + column) * channels;
  }
  const double* at(std::size_t row, std::size_t column) const {
    return values.data() + (row * side + column) * channels;
  }
};

Plane normalised(const std::uint8_t* pixels) {
  const auto table = normalisation_table();
  Plane plane(cnn8::kInputSide, cnn8::kInputChannels);
  for (std::size_t k = 0; k < plane.values.size(); ++k) {
    plane.values[k] = static_cast<double>(table[k % 3 * 256 + pixels[k]]);
  }
  return plane;
}

Plane padded(const Plane& x, std::size_t padding) {
  Plane wide(x.side + 2 * padding, x.channels);
  for (std::size_t row = 0; row < x.side; ++row) {
    std::copy_n(x.at(row, 0), x.side * x.channels, wide.at(row + padding, padding));
  }
  return wide;
}

// [blocks of kOutputs][kernel row][kernel column * c][kOutputs], the last block padded with zeros.
std::vector<double> packed(const CoreLayer& layer) {
  const auto kernel = static_cast<std::size_t>(layer.block.kernel);
  const auto inputs = static_cast<std::size_t>(layer.in_channels);
  const auto outputs = static_cast<std::size_t>(layer.out_channels);
  const std::size_t terms = kernel * kernel * inputs;
  std::vector<double> weights((outputs + kOutputs - 1) / kOutputs * kOutputs * terms);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t c = 0; c < inputs; ++c) {
      for (std::size_t k = 0; k < kernel * kernel; ++k) {
        weights[(o / kOutputs * terms + k * inputs + c) * kOutputs + o % kOutputs] =
            static_cast<double>(layer.weight[(o * inputs + c) * kernel * kernel + k]);
      }
    }
  }
  return weights;
}

using Sums = std::array<std::array<double, kOutputs>, kColumns>;

// Adds the products of `terms` neighbouring inputs; x[j] of column j.
void add_products(const std::array<const double*, kColumns>& x, const double* weights,
                  std::size_t terms, Sums& sums) {
  Sums local = sums;  // in registers
  for (std::size_t k = 0; k < terms; ++k) {
    for (std::size_t j = 0; j < kColumns; ++j) {
      for (std::size_t o = 0; o < kOutputs; ++o) local[j][o] += x[j][k] * weights[k * kOutputs + o];
    }
  }
  sums = local;
}

Plane convolved(const CoreLayer& layer, const Plane& input) {
  const auto kernel = static_cast<std::size_t>(layer.block.kernel);
  const auto outputs = static_cast<std::size_t>(layer.out_channels);
  const Plane x = padded(input, static_cast<std::size_t>(layer.block.padding));
  const std::vector<double> weights = packed(layer);
  const std::size_t row_terms = kernel * x.channels;
  Plane y(x.side - kernel + 1, outputs);
#pragma omp parallel for schedule(dynamic)
  for (std::size_t row = 0; row < y.side; ++row) {
    for (std::size_t first = 0; first < outputs; first += kOutputs) {
      for (std::size_t column = 0; column < y.side; column += kColumns) {
        Sums sums{};
        for (std::size_t i = 0; i < kernel; ++i) {
          std::array<const double*, kColumns> places{};
          for (std::size_t j = 0; j < kColumns; ++j) {
            places[j] = x.at(row + i, std::min(column + j, y.side - 1));
          }
          add_products(places, weights.data() + (first * kernel + i * kOutputs) * row_terms,
                       row_terms, sums);
        }
        for (std::size_t j = 0; j < std::min(kColumns, y.side - column); ++j) {
          for (std::size_t o = 0; o < std::min(kOutputs, outputs - first); ++o) {
            const double bias = static_cast<double>(layer.bias[first + o]);
            y.at(row, column + j)[first + o] = std::max(0.0, sums[j][o] + bias);
          }
        }
      }
    }
  }
  return y;
}

Plane pooled(const Plane& x, cnn8::Pool pool) {
  const std::size_t stride = pool == cnn8::Pool::kHalve ? 2 : 1;
  Plane y(static_cast<std::size_t>(cnn8::pool_side(static_cast<int>(x.side), pool)), x.channels);
  for (std::size_t row = 0; row < y.side; ++row) {
    for (std::size_t column = 0; column < y.side; ++column) {
      const double* const above = x.at(stride * row, stride * column);
      const double* const below = x.at(stride * row + 1, stride * column);
      for (std::size_t c = 0; c < x.channels; ++c) {
        y.at(row, column)[c] =
            (above[c] + above[x.channels + c] + below[c] + below[x.channels + c]) / 4;
      }
    }
  }
  return y;
}

}  // namespace

std::vector<double> exact_core(std::span<const CoreLayer> layers, const std::uint8_t* pixels) {
  Plane x = normalised(pixels);
  for (const CoreLayer& layer : layers) {
    x = convolved(layer, x);
    if (layer.block.pool != cnn8::Pool::kNone) x = pooled(x, layer.block.pool);
  }
  return std::move(x.values);
}

}  // namespace corticast::bench
