// Request::reduction in words, for --dry-run.
#pragma once

#include <string>

#include "engine/atlas/request.h"
#include "engine/model/model.h"

namespace corticast::cli {

// "52 means of areas: L_V1, L_MST, L_V6, ... R_p24", the first names and the last.
std::string outputs_in_words(const Request& request);

// How they are computed and what that costs. folded: Backend::folds().
std::string cost_in_words(const Request& request, const ModelInfo& info, bool folded);

}  // namespace corticast::cli
