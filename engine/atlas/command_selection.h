// The selection of the command line: --roi, --group and --vertex-mask; and of the library, which
// takes columns by number as well.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/atlas/selection.h"

namespace corticast {

struct CommandSelection {
  std::vector<std::string> roi;  // L_V1, V1, GlasserGroup_5 or all; items may hold commas
  std::string groups;            // "1-5,9"
  std::string vertex_mask_path;  // .npy, 0/1, integer or bool, [V]
  std::vector<std::uint32_t> vertices = {};  // columns, any order

  bool empty() const {
    return roi.empty() && groups.empty() && vertex_mask_path.empty() && vertices.empty();
  }
};

// Adds the union of all to `chosen`, or every column for an empty selection. All errors are
// kUsage, an empty union included.
void add_command_selection(ColumnUnion& chosen, const CommandSelection& selection);

// "1-5,9" as group numbers; that a model holds them is not checked here. Throws Error{kUsage}.
std::vector<int> parse_groups(std::string_view text);

// A .npy file of integers or bools, shape [columns]; their values are not checked here. Throws
// Error{kUsage}.
std::vector<std::int64_t> read_mask(const std::filesystem::path& path, std::uint64_t columns);

}  // namespace corticast
