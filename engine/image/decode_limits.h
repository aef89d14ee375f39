// What all decoders share: how they refuse an image, and the size check before any pixel exists.
#pragma once

#include <cstdint>
#include <string>

namespace corticast {

// Throws Error{kImage}.
[[noreturn]] void refuse_image(const std::string& message, const std::string& hint = {});

// Refuses an image that has no pixels, or more than kMaxSide or kMaxPixels allow.
void check_image_size(std::uint64_t width, std::uint64_t height);

}  // namespace corticast
