// The batch size of --batch auto on one card.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace corticast::cuda {

struct CardMemory {
  std::uint64_t free;   // now, of cudaMemGetInfo()
  std::uint64_t total;  // of the card
};

// The largest of 32 (16 on cards of 16 GB and less), 16, 8, 4, 2 and 1 whose program takes at most
// 85 % of the free memory: beyond 32 images cards gain less than 1 %, and what the context, cuDNN
// and cuBLAS allocate for themselves must fit as well. planned_bytes(batch): device memory of a
// program; a batch for which it throws Error{kDevice} (no plan of cuDNN) is passed over. device:
// "cuda:0 (NVIDIA L4)". Throws Error{kDevice} with the numbers when not even 1 fits.
std::size_t auto_batch(const std::string& device, const CardMemory& memory,
                       const std::function<std::uint64_t(std::size_t)>& planned_bytes);

}  // namespace corticast::cuda
