#include "tests/cuda_sim/runtime/device_bytes.h"

#include <cstring>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

[[noreturn]] void gone(Device& device, std::uint64_t address, const char* what) {
  const Allocation* const allocation = device.memory().find(address);
  const std::string text =
      std::string(what) +
      (allocation == nullptr ? "memory that is not allocated" : allocation->describe()) +
      " when its turn comes; the memory was freed while the copy was pending";
  report(Fault::kHost, text);
  throw KernelFault(Fault::kGlobalBounds, text);
}

std::byte* writable(Device& device, std::uint64_t address, std::size_t bytes) {
  std::byte* const view = device.memory().write(address, bytes);
  if (view == nullptr) gone(device, address, "a copy or fill writes ");
  return view;
}

const std::byte* readable(Device& device, std::uint64_t address, std::size_t bytes,
                          bool* initialised) {
  const std::byte* const view = device.memory().read(address, bytes, initialised);
  if (view == nullptr) gone(device, address, "a copy reads ");
  return view;
}

// f(offset, count) for pieces that have been written, found by halving.
template <class F>
void for_written(Device& device, std::uint64_t address, std::size_t offset, std::size_t bytes,
                 F&& f) {
  bool written = false;
  readable(device, address + offset, bytes, &written);
  if (written) {
    f(offset, bytes);
  } else if (bytes > 1) {
    for_written(device, address, offset, bytes / 2, f);
    for_written(device, address, offset + bytes / 2, bytes - bytes / 2, f);
  }
}

std::size_t first_unwritten(Device& device, std::uint64_t address, std::size_t bytes) {
  std::size_t offset = 0;
  while (bytes > 1) {
    bool written = false;
    readable(device, address + offset, bytes / 2, &written);
    if (written) {
      offset += bytes / 2;
      bytes -= bytes / 2;
    } else {
      bytes /= 2;
    }
  }
  return offset;
}

}  // namespace

void write_device(Device& device, std::uint64_t address, const std::byte* from, std::size_t bytes) {
  std::memcpy(writable(device, address, bytes), from, bytes);
}

void fill_device(Device& device, std::uint64_t address, unsigned char value, std::size_t bytes) {
  std::memset(writable(device, address, bytes), value, bytes);
}

void read_device(Device& device, std::uint64_t address, std::byte* to, std::size_t bytes,
                 const std::string& where) {
  bool written = false;
  std::memcpy(to, readable(device, address, bytes, &written), bytes);
  if (written || !device.checks.enabled) return;
  const std::size_t at = first_unwritten(device, address, bytes);
  const Allocation* const allocation = device.memory().find(address);
  report(Fault::kUninitialised, where,
         "copies to the host byte " + std::to_string(address + at - allocation->address) + " of " +
             allocation->describe() + ", which was never written");
}

void move_device(Device& from, std::uint64_t address, Device& to, std::uint64_t to_address,
                 std::size_t bytes) {
  const auto move = [&](std::size_t offset, std::size_t count) {
    bool written = false;
    const std::byte* const source = readable(from, address + offset, count, &written);
    std::memmove(writable(to, to_address + offset, count), source, count);
  };
  if (from.checks.enabled) {
    for_written(from, address, 0, bytes, move);
  } else {
    move(0, bytes);
  }
}

}  // namespace cuda_sim::runtime
