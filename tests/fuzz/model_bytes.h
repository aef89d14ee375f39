// Model files in memory, for the targets that fuzz what lies behind their checksums.
#pragma once

#include <vector>

#include "engine/base/bytes.h"
#include "engine/model/format.h"

namespace corticast::fuzz {

// Writes the checksums that `file`, whose header is valid, should have: what was changed in it then
// looks as if it had been written so.
void reseal(std::vector<std::byte>& file, const safetensors::Header& header);

// Opens a file of these bytes, whose header is valid and whose checksums are right, and reads all
// of it. Only its list of grayordinates may be refused.
void read_everything(ByteSpan file);

}  // namespace corticast::fuzz
