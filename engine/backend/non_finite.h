// Normalised images that are not numbers. What NaN and infinity become on their way through a
// network differs from device to device (a ReLU may turn NaN into 0), so it is said here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace corticast {

// Makes every response NaN of every image that holds NaN or an infinity. input: float32 [images, 3,
// 224, 224]; responses: per target [images, columns].
void reject_non_finite(const std::uint8_t* input, std::size_t images, std::size_t columns,
                       std::span<float* const> responses);

}  // namespace corticast
