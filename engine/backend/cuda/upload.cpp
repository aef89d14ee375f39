#include "engine/backend/cuda/upload.h"

#include <algorithm>

namespace corticast::cuda {
namespace {

constexpr std::uint64_t kGatheredFloats = std::uint64_t{2} << 20;  // 8 MiB at a time

}  // namespace

void Uploader::copy(const void* from, std::uint64_t bytes, void* to, const std::string& what) {
  const std::string doing = "copying " + what + " to the device";
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_.get()), doing);
  stream_.finish(doing.c_str());
}

void Uploader::zero(void* to, std::uint64_t bytes, const std::string& what) {
  const std::string doing = "clearing " + what;
  check(cudaMemsetAsync(to, 0, bytes, stream_.get()), doing);
  stream_.finish(doing.c_str());
}

template <typename Use>
void Uploader::in_pieces(const RowMatrix& from, std::uint64_t most, const Use& use) {
  const std::uint64_t at_once =
      std::clamp<std::uint64_t>(kGatheredFloats / from.width, 1, std::max<std::uint64_t>(1, most));
  for (std::size_t first = 0; first < from.rows.size(); first += at_once) {
    const std::size_t count = std::min<std::size_t>(at_once, from.rows.size() - first);
    gathered_.resize(count * from.width);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(from.values + from.rows[first + i] * from.width, from.width,
                  gathered_.data() + i * from.width);
    }
    use(gathered_.data(), first, count);
  }
}

void Uploader::rows(const RowMatrix& from, float* to, const std::string& what) {
  in_pieces(from, from.rows.size(), [&](const float* piece, std::size_t first, std::size_t count) {
    copy(piece, count * from.width * sizeof(float), to + first * from.width, what);
  });
}

void Uploader::rows(const RowMatrix& from, std::uint64_t padded, kernels::cuda::Element element,
                    void* to, const std::string& what) {
  const std::uint64_t row_bytes = padded * kernels::cuda::bytes_of(element);
  const std::uint64_t fit = staging_bytes_ / (from.width * sizeof(float));
  in_pieces(from, fit, [&](const float* piece, std::size_t first, std::size_t count) {
    copy(piece, count * from.width * sizeof(float), staging_, what);
    check(kernels::cuda::convert_rows(
              static_cast<const float*>(staging_), count, from.width, padded, element,
              static_cast<std::byte*>(to) + first * row_bytes, overflows_, stream_.get()),
          "converting " + what);
    stream_.finish("converting weights");
  });
}

void Uploader::filters(const float* from, int from_channels, const kernels::Conv2dShape& shape,
                       kernels::cuda::Element element, void* to, const std::string& what) {
  const auto values =
      static_cast<std::uint64_t>(shape.out_channels) * static_cast<std::uint64_t>(from_channels) *
      static_cast<std::uint64_t>(shape.kernel) * static_cast<std::uint64_t>(shape.kernel);
  copy(from, values * sizeof(float), staging_, what);
  check(kernels::cuda::convert_filters(static_cast<const float*>(staging_), shape.out_channels,
                                       from_channels, shape.kernel, shape.in_channels, element, to,
                                       overflows_, stream_.get()),
        "converting " + what);
  stream_.finish("converting weights");
}

}  // namespace corticast::cuda
