// Request::reduction on every device: what a device does not fold is made of its vertices.
#pragma once

#include <memory>

#include "engine/backend/backend.h"

namespace corticast {

// Passes requests without reduction through. With one: a device that folds is given the request
// where folding_is_cheaper(); otherwise the device computes the vertices, and the functionals are
// applied on the host, in double precision, as each batch is waited for. `threads` of the CPU; 0:
// as many as this process may use.
std::unique_ptr<Backend> with_reductions(std::unique_ptr<Backend> inner, bool inner_folds,
                                         unsigned threads);

}  // namespace corticast
