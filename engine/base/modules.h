// Where modules of ours lie, that are loaded at run time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace corticast {

// Places to look for `file`, in order, each once: beside the program, where the program's
// installation has its modules, beside the library that this function is in, in the folder
// corticast/ there. They need not exist.
std::vector<std::filesystem::path> module_places(const std::string& file);

}  // namespace corticast
