// Checksummed blocks of rows: how a data tensor is read, written and named. Format: format.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/model/format.h"

namespace corticast {

// A data tensor of a mapped file with the checksums that follow it. A view; copy freely.
class BlockTensor {
 public:
  // Both entries come from a validated header of this file.
  BlockTensor(ByteSpan file, const safetensors::Tensor& data, const safetensors::Tensor& sums);

  const safetensors::Tensor& tensor() const { return *tensor_; }
  const float* floats() const { return static_cast<const float*>(address()); }
  const std::int32_t* ints() const { return static_cast<const std::int32_t*>(address()); }
  std::string_view text() const { return as_text(data_); }
  std::uint64_t rows() const { return tensor_->shape[0]; }
  std::uint64_t blocks() const { return sums_.size() / format::kSumBytes; }
  // Rows [first * 16, last * 16) or up to the end.
  ByteSpan bytes(std::uint64_t first_block, std::uint64_t last_block) const;
  bool intact(std::uint64_t block) const;
  ByteSpan sums() const { return sums_; }        // 8 bytes per block
  ByteSpan padding() const { return padding_; }  // zeros in an undamaged file

 private:
  const void* address() const { return data_.data(); }

  const safetensors::Tensor* tensor_;
  ByteSpan data_, sums_, padding_;
  std::uint64_t block_bytes_;
};

// Computes a tensor's checksums from its bytes, in pieces of any size. Keeps at most one block.
class BlockHasher {
 public:
  explicit BlockHasher(const safetensors::Tensor& tensor);
  void add(ByteSpan bytes);
  // The checksums; call once, when every byte has been added.
  std::vector<std::uint64_t> finish();

 private:
  std::uint64_t block_bytes_;
  std::vector<std::byte> partial_;
  std::vector<std::uint64_t> sums_;
};

// The model hash, tensor by tensor in file order.
class ModelHash {
 public:
  void add(const safetensors::Tensor& tensor, ByteSpan sums);
  std::string hex() { return sha_.hex(); }

 private:
  Sha256 sha_;
};

}  // namespace corticast
