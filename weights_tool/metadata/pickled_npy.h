// The frame around a pickled object in a .npy file.
#pragma once

#include <string>

#include "weights_tool/checkpoint/pickle_values.h"

namespace corticast::weights {

// The pickle of a .npy file whose only item is one object. Throws Error{kModel} for another file,
// and with the remedy for one that holds plain numbers.
PickleValues read_pickled_npy(ByteSpan file, const std::string& name);

}  // namespace corticast::weights
