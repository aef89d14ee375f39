// Where an access lies: segments of lanes, alignment, bounds.
#include <algorithm>
#include <bit>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/machine/touch.h"

namespace cuda_sim {
namespace {

bool holds(const Allocation& allocation, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t at = address - allocation.address;
  return at < allocation.bytes && bytes <= allocation.bytes - at;
}

// The allocation that the range lies in, if any.
Allocation* allocation_of(BlockRun& block, std::uint64_t address, std::uint64_t bytes) {
  if (block.last_allocation != nullptr && holds(*block.last_allocation, address, bytes)) {
    return block.last_allocation;
  }
  Allocation* found = block.device.memory().find(address);
  if (found == nullptr || !found->live || !holds(*found, address, bytes)) return nullptr;
  block.last_allocation = found;
  block.last_traffic = &block.counts.allocations[found->number];
  return found;
}

// Says how far an address is from what was allocated.
std::string nearest_text(Memory& memory, std::uint64_t address, std::uint64_t bytes) {
  const Allocation* inside = memory.find(address);
  if (inside != nullptr && !inside->live) {
    return "at byte " + std::to_string(address - inside->address) + " of " + inside->describe();
  }
  if (inside != nullptr) {
    return "of which " + std::to_string(inside->address + inside->bytes - address) + " in " +
           inside->describe() + " and the rest past its end";
  }
  const std::string at = "at address " + hexadecimal(address);
  if (address < memory.base() || address >= memory.end()) {
    return at + ", which is no address of this device" +
           (address < 1U << 16 ? " (a null pointer, plus an offset)" : "");
  }
  const Allocation* below = memory.nearest(address);
  const auto& all = memory.allocations();
  auto above = all.lower_bound(address);
  while (above != all.end() && !above->second.live) ++above;
  const std::uint64_t past =
      below == nullptr ? ~std::uint64_t{0} : address - (below->address + below->bytes);
  const std::uint64_t short_of = above == all.end() ? ~std::uint64_t{0} : above->first - address;
  if (below == nullptr && above == all.end()) return at + "; nothing is allocated";
  if (past <= short_of) {
    return counted(past, "byte") + " past the end of " + below->describe();
  }
  return std::to_string(short_of) + (bytes == 1 ? " byte" : " bytes") + " before " +
         above->second.describe();
}

void check_aligned(const Touch& touch, const Segment& segment) {
  if ((segment.address & (touch.alignment - 1)) == 0) return;
  touch.block.stop(touch.run, touch.step, 1U << segment.lane, Fault::kMisaligned,
                   touch.verb() + counted(touch.bytes, "byte") + " at address " +
                       hexadecimal(segment.address) + ", which is not a multiple of " +
                       std::to_string(touch.alignment));
}

std::uint64_t size_of(const Touch& touch, const Segment& segment) {
  return std::uint64_t{touch.bytes} * (segment.same != 0 ? 1 : segment.lanes);
}

}  // namespace

std::uint32_t find_segments(std::uint32_t lanes, const std::uint64_t* addresses,
                            std::uint32_t bytes, bool join_same, Segment* out) {
  if (lanes == kAllLanes) {
    std::uint64_t apart = 0;
    for (unsigned i = 0; i < kLanes; ++i) apart |= addresses[i] ^ (addresses[0] + i * bytes);
    if (apart == 0) {
      out[0] = {0, kLanes, addresses[0], 0};
      return 1;
    }
  }
  const auto first = static_cast<std::uint32_t>(std::countr_zero(lanes));
  if (join_same && (lanes & (lanes - 1)) != 0) {
    std::uint64_t apart = 0;
    for_lanes(lanes, [&](unsigned lane) { apart |= addresses[lane] ^ addresses[first]; });
    if (apart == 0) {
      out[0] = {first, static_cast<std::uint32_t>(std::popcount(lanes)), addresses[first], lanes};
      return 1;
    }
  }
  std::uint32_t count = 0;
  for_lanes(lanes, [&](unsigned lane) {
    if (count > 0) {
      Segment& last = out[count - 1];
      if (last.lane + last.lanes == lane &&
          last.address + std::uint64_t{last.lanes} * bytes == addresses[lane]) {
        ++last.lanes;
        return;
      }
    }
    out[count++] = {lane, 1, addresses[lane], 0};
  });
  return count;
}

std::uint64_t locate_global(const Touch& touch, const Segment& segment) {
  check_aligned(touch, segment);
  BlockRun& block = touch.block;
  Memory& memory = block.device.memory();
  const std::uint64_t size = size_of(touch, segment);
  Allocation* allocation = allocation_of(block, segment.address, size);
  if (allocation == nullptr) {
    for (std::uint32_t i = 0; i < segment.lanes; ++i) {
      const std::uint64_t address =
          segment.address + (segment.same != 0 ? 0 : std::uint64_t{i} * touch.bytes);
      if (allocation_of(block, address, touch.bytes) != nullptr) continue;
      block.stop(touch.run, touch.step, 1U << (segment.lane + i), Fault::kGlobalBounds,
                 touch.verb() + counted(touch.bytes, "byte") + ", " +
                     nearest_text(memory, address, touch.bytes));
    }
  }
  const std::uint64_t traffic = std::uint64_t{touch.bytes} * segment.lanes;
  if (touch.writes) {
    if (allocation->read_only) {
      block.stop(touch.run, touch.step, 1U << segment.lane, Fault::kReadOnlyWrite,
                 "writes " + counted(touch.bytes, "byte") + " of constant memory, " +
                     allocation->describe());
    }
    allocation->bytes_stored += traffic;
    block.last_traffic->stored += traffic;
    block.counts.global_stored += traffic;
  } else {
    allocation->bytes_loaded += traffic;
    block.last_traffic->loaded += traffic;
    block.counts.global_loaded += traffic;
  }
  return segment.address - memory.base();
}

std::uint64_t locate_shared(const Touch& touch, const Segment& segment) {
  check_aligned(touch, segment);
  BlockRun& block = touch.block;
  const std::uint64_t size = size_of(touch, segment);
  if (segment.address > block.shared_bytes || size > block.shared_bytes - segment.address) {
    std::uint64_t address = segment.address;
    std::uint32_t lane = segment.lane;
    while (address <= block.shared_bytes && touch.bytes <= block.shared_bytes - address) {
      address += touch.bytes;
      ++lane;
    }
    block.stop(touch.run, touch.step, 1U << lane, Fault::kSharedBounds,
               touch.verb() + counted(touch.bytes, "byte") + " at byte " + std::to_string(address) +
                   " of shared memory, which has " + counted(block.shared_bytes, "byte") +
                   " in this launch (" + std::to_string(block.launch.dynamic_shared) +
                   " of them dynamic)");
  }
  (touch.writes ? block.counts.shared_stored : block.counts.shared_loaded) +=
      std::uint64_t{touch.bytes} * segment.lanes;
  return segment.address;
}

void check_plain(const Touch& touch, std::uint32_t lane, std::uint64_t address, std::uint64_t size,
                 Fault fault, const char* what) {
  check_aligned(touch, {lane, 1, address, 0});
  if (address <= size && touch.bytes <= size - address) return;
  touch.block.stop(touch.run, touch.step, 1U << lane, fault,
                   touch.verb() + counted(touch.bytes, "byte") + " at byte " +
                       std::to_string(address) + " of " + what + " of " + counted(size, "byte"));
}

}  // namespace cuda_sim
