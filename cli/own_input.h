// Keeps a command from destroying what it reads.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/image/source.h"

namespace corticast::cli {

// Throws Error{kUsage} if `written` is one of the files that the command reads: an input of `spec`
// (the list file of "@LIST" included), an image or array of `source`, or one of `others`.
void refuse_own_input(const std::filesystem::path& written, const InputSpec& spec,
                      const ImageSource& source, const std::vector<std::string>& others);

}  // namespace corticast::cli
