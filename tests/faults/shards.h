// Finished shards of one small run, to be merged.
#pragma once

#include <filesystem>
#include <vector>

namespace corticast::test {

// Writes two shards of `rows` rows in all into `folder`; the image of row 4 failed.
std::vector<std::filesystem::path> make_shards(const std::filesystem::path& folder,
                                               std::size_t rows);

}  // namespace corticast::test
