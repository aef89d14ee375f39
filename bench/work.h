// Arithmetic of the network, from its shapes alone: what a run cannot avoid whatever the device.
#pragma once

#include <cstddef>
#include <cstdint>

namespace corticast::bench {

// Multiply-adds on one image.
std::uint64_t block_macs(std::size_t block, int channels);  // block 0..7: its convolution
std::uint64_t core_macs(int channels);                      // the eight convolutions
// One subject's factorised readout of `rows` vertices: masks, then features.
std::uint64_t readout_macs(int channels, std::size_t rows);

// Floating-point operations of one image: 2 for each multiply-add of the core and of `targets`
// readouts.
double network_flops(int channels, std::size_t rows, std::size_t targets);

}  // namespace corticast::bench
