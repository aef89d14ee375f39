// The global memory of one device. Device addresses are never host addresses: a host that
// dereferences one crashes, as it should. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cuda_sim {

struct Allocation {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  std::uint32_t number = 0;  // 1, 2, ... in order of allocation
  std::string name;          // "cudaMalloc", "variable table"
  bool read_only = false;    // .const variables
  bool live = true;          // false: freed; kept to name it in reports
  // Counted over all launches.
  std::uint64_t bytes_loaded = 0;
  std::uint64_t bytes_stored = 0;

  std::string describe() const;  // "allocation 3 (cudaMalloc, 4,096 bytes)"
};

class Memory {
 public:
  // base: device addresses start here (each device gets its own range). capacity in bytes.
  Memory(std::uint64_t base, std::uint64_t capacity);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // 256-byte aligned, with a gap after it that belongs to nobody; 0 when capacity is exceeded.
  // Throws std::runtime_error when freed memory has used up all addresses.
  std::uint64_t allocate(std::uint64_t bytes, const std::string& name, bool read_only = false);
  // False when address is not the start of a live allocation. Addresses are never handed out twice.
  bool free(std::uint64_t address);
  std::uint64_t used() const { return used_; }
  std::uint64_t capacity() const { return capacity_; }
  std::uint64_t base() const { return base_; }
  std::uint64_t end() const;  // of the address range

  // The allocation (live or freed) that holds the address, or null.
  Allocation* find(std::uint64_t address);
  // The nearest live allocation below the address, to name in a bounds report, or null.
  Allocation* nearest(std::uint64_t address);
  std::map<std::uint64_t, Allocation>& allocations() { return allocations_; }

  // Views for the host side (copies, library stand-ins): null unless [address, address + bytes)
  // lies in one live allocation. read() tells whether all of it was ever written; write() marks it
  // written.
  const std::byte* read(std::uint64_t address, std::uint64_t bytes, bool* initialised);
  std::byte* write(std::uint64_t address, std::uint64_t bytes);

  // While set, what read() and write() are asked for is noted here.
  struct View {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    bool written = false;

    bool covers(std::uint64_t at, std::uint64_t count) const {
      return at >= address && count <= bytes && at - address <= bytes - count;
    }
  };
  std::vector<View>* views = nullptr;

  // The rest is for machine/: raw backing and shadow state.
  struct Shadow;
  std::byte* backing(std::uint64_t address) { return store_ + (address - base_); }
  Shadow& shadow() { return *shadow_; }

 private:
  std::uint64_t base_;
  std::uint64_t capacity_;
  std::uint64_t used_ = 0;
  std::uint64_t next_;
  std::uint32_t count_ = 0;
  std::byte* store_ = nullptr;
  std::map<std::uint64_t, Allocation> allocations_;
  std::unique_ptr<Shadow> shadow_;
};

}  // namespace cuda_sim
