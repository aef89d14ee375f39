// Base64 (RFC 4648, section 4, padded): bytes inside a page.
#pragma once

#include <string>

#include "engine/base/bytes.h"

namespace corticast {

std::string base64(ByteSpan bytes);

}  // namespace corticast
