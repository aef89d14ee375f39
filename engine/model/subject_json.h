// What is known of a subject as the JSON text of a model file: one object, whose keys are
//   facts           [[name, value], ...], texts
//   noise_ceilings  names of the rows of the tensor beside it that hold a noise ceiling
//   stimuli         the lists of Stimuli by their names; a repetition that nobody noted is null.
//                   train_filenames and test_filenames are left out where they are what train_idx
//                   and test_idx pick from filenames
// Every key may be missing, unknown ones are ignored.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/model/subject_metadata.h"

namespace corticast {

// noise_ceilings of `metadata` count as there where they are not empty.
std::string subject_json(const SubjectMetadata& metadata);

// ceilings: [6 * 91,282], which the result refers to. where: file and subject, for messages. Throws
// Error{kModel} for text that is not as above, or whose lists do not fit each other.
SubjectMetadata parse_subject_json(std::string_view json, const float* ceilings,
                                   const std::string& where);

}  // namespace corticast
