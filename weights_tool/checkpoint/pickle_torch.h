// The torch half of the pickle machine: persistent ids and the callables it stands in for.
#pragma once

#include <span>

#include "weights_tool/checkpoint/pickle_opcodes.h"
#include "weights_tool/checkpoint/pickle_values.h"

namespace corticast::weights {

// The storage that the tuple `id` names. Refuses through `reader` at `offset`.
StorageReference storage_of(const PickleValues& values, ValueId id, const PickleReader& reader,
                            std::uint64_t offset);

// What calling `function` with `arguments` (a tuple's items) would give: a value to add. Tensors
// are appended to values.tensors.
Value call_result(PickleValues& values, const AllowedGlobal& function,
                  std::span<const ValueId> arguments, const PickleReader& reader,
                  std::uint64_t offset);

}  // namespace corticast::weights
