// --subjects: which readouts of a model to evaluate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/model/model.h"

namespace corticast {

// Targets in the order asked for, each once. `list` is comma-separated: any spelling that
// parse_subject understands, `all`, or a bare number where all of the model's subjects belong to
// one dataset. A singlehead model takes `all` only: its result is not tied to a subject.
// Throws Error{kUsage} for an unknown subject, or one the model holds no readout for.
std::vector<Target> resolve_subjects(const ModelInfo& info, std::string_view list);

// "NSD-01..NSD-08, THINGS-02": the subjects of a model, for people; runs are shortened.
std::string describe_subjects(const std::vector<Subject>& subjects);

}  // namespace corticast
