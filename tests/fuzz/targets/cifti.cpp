// A CIFTI-2 file: header, extension, XML, brain models and values. nibabel wrote the first inputs.
#include <algorithm>
#include <cmath>

#include "engine/atlas/vertices.h"
#include "engine/maps/cifti_maps.h"
#include "tests/fuzz/target.h"

using namespace corticast;

namespace {

constexpr std::size_t kMostValues = 1u << 16;

void read_all(const std::string& path) {
  const auto maps = read_cifti_maps(path);
  const auto& grayordinates = maps->grayordinates();
  fuzz::demand(maps->columns() == grayordinates.size() && !grayordinates.empty(),
               "every column is a grayordinate");
  fuzz::demand(grayordinates.front() >= 0 && grayordinates.back() < kGrayordinates &&
                   std::adjacent_find(grayordinates.begin(), grayordinates.end(),
                                      std::greater_equal<>()) == grayordinates.end(),
               "grayordinates ascend inside the 91k space");
  const std::size_t count = std::min(maps->names().size(), kMostValues / maps->columns());
  std::vector<float> values(count * maps->columns());
  maps->read({maps->names().size() - count, count}, values.data());
  double sum = 0;
  for (const float value : values) sum += std::isfinite(value) ? value : 0;
  [[maybe_unused]] volatile double used = sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::bytes_of(data, size));
  fuzz::answers([&] { read_all(file.path()); });
  return 0;
}
