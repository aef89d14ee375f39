#include "engine/backend/cuda/steps/read_back.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstring>

#include "engine/backend/cuda/check.h"

namespace corticast::cuda {
namespace {

using kernels::cuda::Element;

template <typename Stored, typename Convert>
std::vector<float> convert(const std::vector<std::byte>& bytes, Convert to_float) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = to_float(stored);
  }
  return values;
}

}  // namespace

std::vector<float> read_back(const void* from, std::size_t first, std::size_t count,
                             Element element) {
  const std::size_t size = kernels::cuda::bytes_of(element);
  std::vector<std::byte> bytes(count * size);
  check(cudaMemcpy(bytes.data(), static_cast<const std::byte*>(from) + first * size, bytes.size(),
                   cudaMemcpyDeviceToHost),
        "reading values back");
  switch (element) {
    case Element::kFloat16:
      return convert<__half>(bytes, [](__half value) { return __half2float(value); });
    case Element::kBfloat16:
      return convert<__nv_bfloat16>(bytes,
                                    [](__nv_bfloat16 value) { return __bfloat162float(value); });
    case Element::kFloat32:
      break;
  }
  return convert<float>(bytes, [](float value) { return value; });
}

std::vector<std::size_t> sample_images(std::size_t images) {
  if (images < 3) return images == 1 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{0, 1};
  return {0, images / 2, images - 1};
}

}  // namespace corticast::cuda
