// Where the compressed pixels of a PNG lie, if nothing about the file is unusual.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast {

// The contents of the IDAT chunks of a file whose first one begins at `first` (its length field).
// None unless every chunk from there to the end chunk has a right checksum, the IDAT chunks follow
// each other and only ancillary chunks follow them: libpng knows what to make of all other files,
// or how to refuse them.
std::optional<std::vector<ByteSpan>> usual_pixel_data(ByteSpan file, std::size_t first);

}  // namespace corticast
