#include "tests/cuda_sim/machine/memory.h"

#include <algorithm>
#include <stdexcept>

#include "tests/cuda_sim/machine/shadow.h"
#include "tests/cuda_sim/machine/text.h"

namespace cuda_sim {
namespace {

// Allocations start 256 bytes into a page, so that nothing is better aligned than cudaMalloc
// promises, and end at least a page before the next one.
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kAlignment = 256;
// Room for addresses of freed memory, which are never handed out again.
constexpr std::uint64_t kSpareRange = std::uint64_t{4} << 30;

std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

std::string Allocation::describe() const {
  return std::string(live ? "" : "freed ") + "allocation " + std::to_string(number) + " (" + name +
         ", " + counted(bytes, "byte") + ")";
}

Memory::Memory(std::uint64_t base, std::uint64_t capacity)
    : base_(base),
      capacity_(capacity),
      next_(base + kPage),
      shadow_(std::make_unique<Shadow>(round_up(2 * capacity + kSpareRange, kPage))) {
  shadow_->store = Mapping(shadow_->range);
  store_ = shadow_->store.as<std::byte>();
}

Memory::~Memory() = default;

std::uint64_t Memory::end() const {
  return base_ + shadow_->range;
}

std::uint64_t Memory::allocate(std::uint64_t bytes, const std::string& name, bool read_only) {
  if (bytes == 0 || bytes > capacity_) return 0;
  const std::uint64_t rounded = round_up(bytes, kAlignment);
  if (rounded > capacity_ - used_) return 0;
  const std::uint64_t address = next_ + kAlignment;
  const std::uint64_t next = round_up(address + rounded, kPage) + kPage;
  if (next > end()) {
    throw std::runtime_error(
        "simulated device: its address range of " + counted(shadow_->range, "byte") +
        " is used up, as addresses of freed memory are not handed out again; free and allocate "
        "less, or make a new device");
  }
  next_ = next;
  used_ += rounded;
  Allocation allocation;
  allocation.address = address;
  allocation.bytes = bytes;
  allocation.number = ++count_;
  allocation.name = name;
  allocation.read_only = read_only;
  allocations_.emplace(address, allocation);
  return address;
}

bool Memory::free(std::uint64_t address) {
  const auto found = allocations_.find(address);
  if (found == allocations_.end() || !found->second.live) return false;
  Allocation& allocation = found->second;
  allocation.live = false;
  used_ -= round_up(allocation.bytes, kAlignment);
  // The pages that the allocation touches are its own.
  const std::uint64_t offset = (address - base_) / kPage * kPage;
  const std::uint64_t bytes = round_up(address - base_ + allocation.bytes, kPage) - offset;
  shadow_->store.discard(offset, bytes);
  shadow_->discard(offset, bytes);
  return true;
}

Allocation* Memory::find(std::uint64_t address) {
  auto next = allocations_.upper_bound(address);
  if (next == allocations_.begin()) return nullptr;
  Allocation& allocation = std::prev(next)->second;
  return address - allocation.address < allocation.bytes ? &allocation : nullptr;
}

Allocation* Memory::nearest(std::uint64_t address) {
  auto at = allocations_.upper_bound(address);
  while (at != allocations_.begin()) {
    --at;
    if (at->second.live) return &at->second;
  }
  return nullptr;
}

const std::byte* Memory::read(std::uint64_t address, std::uint64_t bytes, bool* initialised) {
  const Allocation* allocation = find(address);
  if (allocation == nullptr || !allocation->live ||
      bytes > allocation->bytes - (address - allocation->address)) {
    return nullptr;
  }
  if (views != nullptr && (views->empty() || !views->back().covers(address, bytes))) {
    views->push_back({address, bytes, false});
  }
  if (initialised != nullptr) {
    const std::uint64_t begin = address - base_;
    *initialised = shadow_->bits().first_unwritten(begin, begin + bytes) == begin + bytes;
  }
  return backing(address);
}

std::byte* Memory::write(std::uint64_t address, std::uint64_t bytes) {
  const Allocation* allocation = find(address);
  if (allocation == nullptr || !allocation->live ||
      bytes > allocation->bytes - (address - allocation->address)) {
    return nullptr;
  }
  if (views != nullptr) views->push_back({address, bytes, true});
  const std::uint64_t begin = address - base_;
  shadow_->bits().mark(begin, begin + bytes);
  return backing(address);
}

}  // namespace cuda_sim
