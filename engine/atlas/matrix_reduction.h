// A user's matrix of weights as a Reduction.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "engine/atlas/reduction.h"

namespace corticast {

// The matrix [outputs, columns] of `path` (matrix_file.h), columns being the selected ones in
// output order. Keeps only weights other than 0, and of `selected` only the rows that have one; an
// output of zeros keeps one term of weight 0, so that it gives 0. Outputs without names of their
// own are "0", "1", ... Throws Error{kUsage} for a shape that does not fit, a weight that is not
// finite, or names that are not one for each output, UTF-8, each once.
ReducedRows matrix_reduction(const std::filesystem::path& path,
                             std::span<const std::uint32_t> selected);

}  // namespace corticast
