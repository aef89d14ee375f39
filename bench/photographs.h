// Photographs that nobody took, for measuring without any.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corticast::bench {

inline constexpr unsigned kPhotographWidth = 500;  // a usual size of photographs in data sets
inline constexpr unsigned kPhotographHeight = 375;

// Writes `count` different JPEG files, 4:2:0, quality 90, of clouds of noise whose spectrum falls
// as a photograph's does, so that they cost a decoder what photographs cost. The same files at
// every call. Returns their paths. Throws Error{kOutput}.
std::vector<std::string> write_photographs(const std::filesystem::path& folder, std::size_t count);

}  // namespace corticast::bench
