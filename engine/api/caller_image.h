// Images in the caller's memory, in any layout, to the network's input.
#pragma once

#include <cstdint>
#include <string>

#include "engine/api/corticast.h"

namespace corticast::api {

// Throws Error{kImage} for one without pixels, or of a size that corticast.h does not allow.
// name: for the message, "image 3".
void check_image(const corticast_image& image, const std::string& name);

// out: [224, 224, 3], what crop_resize() makes of the same pixels packed. The image has passed
// check_image(). Only pixels of the central square are read. Thread-safe.
void load_image(const corticast_image& image, std::uint8_t* out);

}  // namespace corticast::api
