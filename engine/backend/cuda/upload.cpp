#include "engine/backend/cuda/upload.h"

#include <algorithm>

namespace corticast::cuda {
namespace {

constexpr std::uint64_t kStagingFloats = std::uint64_t{2} << 20;  // 8 MiB at a time

}  // namespace

void Uploader::copy(const void* from, std::uint64_t bytes, void* to, const std::string& what) {
  const std::string doing = "copying " + what + " to the device";
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_.get()), doing);
  stream_.finish(doing.c_str());
}

void Uploader::gather(const float* from, std::uint64_t width, std::span<const std::uint32_t> rows,
                      float* to, const std::string& what) {
  const std::uint64_t at_once = std::max<std::uint64_t>(1, kStagingFloats / width);
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const std::size_t count = std::min<std::size_t>(at_once, rows.size() - first);
    staging_.resize(count * width);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(from + rows[first + i] * width, width, staging_.data() + i * width);
    }
    copy(staging_.data(), staging_.size() * sizeof(float), to + first * width, what);
  }
}

}  // namespace corticast::cuda
