// Images for checks and measurements: every pixel random, so that no step meets a special case.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/backend/method.h"

namespace corticast {

// The same bytes at every call.
void fill_with_noise(std::uint8_t* pixels, std::size_t bytes);

// The same images, pixels or normalised, as a program's input() wants them.
void fill_with_noise(InputKind kind, std::uint8_t* input, std::size_t images);

}  // namespace corticast
