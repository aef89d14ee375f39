// Bytes in and out of device memory when a copy's turn has come. Ranges were checked when the copy
// was queued; memory freed since is reported and throws KernelFault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::runtime {

void write_device(Device& device, std::uint64_t address, const std::byte* from, std::size_t bytes);
void fill_device(Device& device, std::uint64_t address, unsigned char value, std::size_t bytes);
// Reports bytes that were never written. where: for the report.
void read_device(Device& device, std::uint64_t address, std::byte* to, std::size_t bytes,
                 const std::string& where);
// What was never written at the source is left alone at the target: moving it is no mistake, using
// it will be.
void move_device(Device& from, std::uint64_t address, Device& to, std::uint64_t to_address,
                 std::size_t bytes);

}  // namespace cuda_sim::runtime
