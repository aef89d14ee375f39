// How GIFTI puts binary data into text: base64 (RFC 4648), with or without zlib's deflate.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast {

std::string base64(ByteSpan bytes);

// Blanks between digits are skipped. False for anything else that is no base64.
bool decode_base64(std::string_view text, std::vector<std::byte>& bytes);

// zlib format (RFC 1950), the level at which size no longer falls by much.
std::vector<std::byte> deflated(ByteSpan bytes);

// Inflates zlib or gzip data that must come to `size` bytes exactly; false if they do not, or are
// damaged. Nothing is taken for a size that so few bytes cannot come to.
bool inflate_to(ByteSpan packed, std::size_t size, std::vector<std::byte>& bytes);

}  // namespace corticast
