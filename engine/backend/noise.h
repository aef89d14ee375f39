// Images for checks and measurements: every pixel random, so that no step meets a special case.
#pragma once

#include <cstddef>
#include <cstdint>

namespace corticast {

// The same bytes at every call.
void fill_with_noise(std::uint8_t* pixels, std::size_t bytes);

}  // namespace corticast
