// BERG's metadata of one subject: a .npy file whose only item is a pickled dictionary. Read as
// plain data; nothing is executed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/model/subject_metadata.h"

namespace corticast::weights {

struct BergMetadata {
  SubjectMetadata metadata;                            // its ceilings are views into `ceilings`
  std::shared_ptr<const std::vector<float>> ceilings;  // [6 * 91,282], NaN where there is none
  std::vector<std::string> ignored;  // names of entries that are not kept: "roi", ...
};

// Takes entries by their names, however deep dictionaries lie in each other: BERG's files have them
// under fmri and encoding_models, its model cards under subject_info, stimuli and noise_ceiling.
// Numbers and texts of other names are facts; None is an entry that is not there; a missing text
// (None or NaN in a list) is "", a missing repetition -1. name: of the file, for messages. Throws
// Error{kModel} for another kind of file, anything but data, or entries that do not fit.
BergMetadata read_berg_metadata(ByteSpan file, const std::string& name);

}  // namespace corticast::weights
