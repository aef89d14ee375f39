#include "engine/backend/cuda/auto_batch.h"

#include <array>
#include <optional>

#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

constexpr std::array<std::size_t, 6> kBatches = {32, 16, 8, 4, 2, 1};
// Cards sold with 16 GB may report a little more than 16e9 bytes.
constexpr std::uint64_t kSmallCard = std::uint64_t{17} << 30;
constexpr std::size_t kSmallCardBatch = 16;

std::uint64_t usable(std::uint64_t free) {
  return free / 100 * 85;
}

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MiB";
}

}  // namespace

std::size_t auto_batch(const std::string& device, const CardMemory& memory,
                       const std::function<std::uint64_t(std::size_t)>& planned_bytes) {
  std::optional<Error> failure;
  std::uint64_t least = 0;
  for (const std::size_t batch : kBatches) {
    if (batch > kSmallCardBatch && memory.total < kSmallCard) continue;
    failure.reset();
    try {
      least = planned_bytes(batch);
      if (least <= usable(memory.free)) return batch;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kDevice) throw;
      failure = error;
    }
  }
  if (failure) throw *failure;
  throw Error(ErrorCode::kDevice,
              device + ": a batch of one image takes " + mebibytes(least) +
                  " of device memory; 85 % of the " + mebibytes(memory.free) + " that are free (" +
                  mebibytes(memory.total) + " in all) are " + mebibytes(usable(memory.free)),
              "Use fewer subjects or vertices, a device with more free memory, --precision fp16, "
              "or --device cpu.");
}

}  // namespace corticast::cuda
