// Normalised images that are not numbers. What NaN and infinity become on their way through a
// network differs from device to device (a ReLU may turn NaN into 0), so it is said here: the
// responses to such an image are NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace corticast {

// Which of the images hold NaN or an infinity, ascending. input: float32 [images, 3, 224, 224].
std::vector<std::size_t> non_finite_images(const std::uint8_t* input, std::size_t images);

// Makes NaN of all responses to `images`. responses: per target [.., columns].
void forget_responses(std::span<const std::size_t> images, std::size_t columns,
                      std::span<float* const> responses);

}  // namespace corticast
