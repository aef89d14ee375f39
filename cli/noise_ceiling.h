// Noise ceilings as a user names them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/maps/maps.h"

namespace corticast::cli {

// Ceilings at the vertices of `like` (predictions or measurements), as fractions, NaN: none.
// word: MODEL.corticast or MODEL.corticast:test_n-avg (the ceiling of `subject` in the model's
// metadata), or a file of maps (FILE, FILE:map name; the first map). notes: what the user should
// know, added to. Throws Error{kUsage} naming what there is.
std::vector<float> read_noise_ceiling(const std::string& word, const std::string& subject,
                                      const Maps& like, std::vector<std::string>& notes);

}  // namespace corticast::cli
