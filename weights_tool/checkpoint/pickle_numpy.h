// The NumPy half of the pickle machine: what its arrays, types and numbers are rebuilt from.
// Source: NumPy's pickles of versions 1 and 2, as they lie in files.
#pragma once

#include <span>

#include "weights_tool/checkpoint/pickle_opcodes.h"
#include "weights_tool/checkpoint/pickle_values.h"

namespace corticast::weights {

// What calling `function` with `arguments` (a tuple's items) would give: a value to add; types and
// arrays are appended to values. Refuses through `reader` at `offset`.
Value numpy_result(PickleValues& values, const AllowedGlobal& function,
                   std::span<const ValueId> arguments, const PickleReader& reader,
                   std::uint64_t offset);

// Gives a type or an array (`object`) its state, a tuple. An array's bytes are as many as its shape
// and type need. Refuses as above.
void set_numpy_state(PickleValues& values, ValueId object, ValueId state,
                     const PickleReader& reader, std::uint64_t offset);

}  // namespace corticast::weights
