// Responses of one subject in a finished output, as maps: one per image, named after it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/output/response_file.h"

namespace corticast {

// Maps of target t (index into file.layout().targets), of the images `rows` in that order.
// file must outlive them. A reduction (columns that are no vertices) has no grayordinates.
std::unique_ptr<Maps> response_maps(const ResponseFile& file, std::size_t target,
                                    std::vector<std::size_t> rows);

// Index of the target that `subject` names in any spelling; empty `subject`: the only one there
// is. Throws Error{kUsage} naming the subjects the file holds.
std::size_t find_target(const ResponseFile& file, const std::string& subject);

// Indexes of the targets that a comma-separated list names, in its order, each once; "all": all.
// Throws Error{kUsage} as find_target does, and for a list that names none.
std::vector<std::size_t> find_targets(const ResponseFile& file, const std::string& list);

// Rows of the images that `words` name, in that order: a name as in /images/path, a name's end
// after a '/', or "#7" by position from 0; a range "#0-9". Empty: all. Throws Error{kUsage} for one
// that names no image or more than one, with the nearest.
std::vector<std::size_t> find_images(const ResponseFile& file,
                                     const std::vector<std::string>& words);

// The same among the names of maps; noun: what they are, for messages.
std::vector<std::size_t> find_names(const std::vector<std::string>& names,
                                    const std::vector<std::string>& words, const std::string& noun);

// Maps of whatever a user names: an output of corticast (then `subject` says whose responses) or a
// file of another program (read_maps.h; `subject` must be empty). Owns what it opens.
std::unique_ptr<Maps> open_maps(const std::filesystem::path& path, const std::string& subject);

}  // namespace corticast
