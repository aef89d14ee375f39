#include <array>
#include <cstddef>

#include "engine/image/preprocess.h"

namespace corticast {
namespace {

// torchvision's Normalize after ToTensor: three float32 roundings, divisions and not
// multiplications by reciprocals, which would change 454 of the 768 values.
constexpr std::array<float, 768> make_table() {
  constexpr std::array<float, 3> kMean = {0.485f, 0.456f, 0.406f};
  constexpr std::array<float, 3> kStd = {0.229f, 0.224f, 0.225f};
  std::array<float, 768> table{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t v = 0; v < 256; ++v) {
      const float scaled = static_cast<float>(v) / 255.0f;
      const float centred = scaled - kMean[c];
      table[256 * c + v] = centred / kStd[c];
    }
  }
  return table;
}

constexpr std::array<float, 768> kTable = make_table();

}  // namespace

std::span<const float, 768> normalisation_table() {
  return kTable;
}

}  // namespace corticast
