// Lists of texts and of numbers in a pickle: NumPy's arrays, or Python's lists and tuples.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weights_tool/checkpoint/pickle_values.h"

namespace corticast::weights {

// All throw Error{kModel} with `where` (file and entry) for anything else than their list, and give
// nullopt where the entry is None.

// "" for None and NaN; numbers as they are written.
std::optional<std::vector<std::string>> texts_of(const PickleValues& values, ValueId id,
                                                 const std::string& where);
// Whole numbers; -1 for None and NaN, for any other below 0 an error.
std::optional<std::vector<std::int64_t>> counts_of(const PickleValues& values, ValueId id,
                                                   const std::string& where);
std::optional<std::vector<float>> floats_of(const PickleValues& values, ValueId id,
                                            const std::string& where);

// A number, a truth value or a text as text; nullopt for anything else.
std::optional<std::string> text_of(const Value& value);

}  // namespace corticast::weights
