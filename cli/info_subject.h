// `corticast info MODEL --subject NSD-01`: what the model file knows of a subject.
#pragma once

#include <string>

#include "engine/model/model.h"

namespace corticast::cli {

// On standard output. subject: in any spelling of --subjects, one subject. Throws Error{kUsage} for
// a subject that the model does not hold.
void print_subject(const Model& model, const std::string& subject, bool json);

}  // namespace corticast::cli
