// Turns what a user names, folders and lists of paths, into paths. Reads no image.
#pragma once

#include <string>
#include <vector>

namespace corticast {

// Paths of the images below `folder`, relative to it, sorted bytewise: names that end in .jpg,
// .jpeg, .png or .bmp in any case. Symbolic links are followed, but never into a folder that
// contains the link. A link that leads nowhere is listed, so that its failure is on record.
// Throws Error{kUsage} naming a folder that cannot be read.
std::vector<std::string> list_folder(const std::string& folder);

// The paths in a list, one a line (a final carriage return is not part of the path) or separated
// by NUL; empty ones are dropped, nothing else is trimmed. path "-" is standard input; it need not
// be a regular file. Throws Error{kUsage} naming the list.
std::vector<std::string> read_list(const std::string& path, bool nul_separated);

}  // namespace corticast
