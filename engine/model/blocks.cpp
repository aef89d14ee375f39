#include "engine/model/blocks.h"

#include <algorithm>

namespace corticast {
namespace {

std::uint64_t bytes_per_block(const safetensors::Tensor& tensor) {
  return tensor.bytes() / tensor.shape[0] * format::kRowsPerBlock;
}

std::uint64_t block_count(const safetensors::Tensor& tensor) {
  return (tensor.shape[0] + format::kRowsPerBlock - 1) / format::kRowsPerBlock;
}

}  // namespace

BlockTensor::BlockTensor(ByteSpan file, const safetensors::Tensor& data,
                         const safetensors::Tensor& sums)
    : tensor_(&data),
      data_(file.subspan(data.begin, data.bytes())),
      block_bytes_(bytes_per_block(data)) {
  const ByteSpan all = file.subspan(sums.begin, sums.bytes());
  sums_ = all.first(block_count(data) * format::kSumBytes);
  padding_ = all.subspan(sums_.size());
}

ByteSpan BlockTensor::bytes(std::uint64_t first_block, std::uint64_t last_block) const {
  const std::uint64_t begin = first_block * block_bytes_;
  const std::uint64_t end = std::min<std::uint64_t>(last_block * block_bytes_, data_.size());
  return data_.subspan(begin, end - begin);
}

bool BlockTensor::intact(std::uint64_t block) const {
  const auto stored = load_le<std::uint64_t>(sums_.data() + block * format::kSumBytes);
  return xxh3(bytes(block, block + 1)) == stored;
}

BlockHasher::BlockHasher(const safetensors::Tensor& tensor)
    : block_bytes_(bytes_per_block(tensor)) {
  sums_.reserve(block_count(tensor));
}

void BlockHasher::add(ByteSpan bytes) {
  while (!bytes.empty()) {
    const std::size_t take = std::min<std::size_t>(block_bytes_ - partial_.size(), bytes.size());
    if (take == block_bytes_) {
      sums_.push_back(xxh3(bytes.first(take)));
    } else {
      partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<long>(take));
      if (partial_.size() == block_bytes_) {
        sums_.push_back(xxh3(partial_));
        partial_.clear();
      }
    }
    bytes = bytes.subspan(take);
  }
}

std::vector<std::uint64_t> BlockHasher::finish() {
  if (!partial_.empty()) sums_.push_back(xxh3(partial_));
  partial_.clear();
  return std::move(sums_);
}

void ModelHash::add(const safetensors::Tensor& tensor, ByteSpan sums) {
  sha_.update(as_byte_span(tensor.name + " " + tensor.describe() + "\n"));
  sha_.update(sums);
}

}  // namespace corticast
