// Two devices that compute the same, each the other's witness: --device check:A,B.
#pragma once

#include <memory>

#include "engine/backend/backend.h"

namespace corticast {

// Programs answer with the first device's responses and report in their findings how the second
// one's differ; both see every batch. Where the second device lacks the precision or the readout
// that the first is asked for, it computes in fp32, with a readout of its choice, and the findings
// say so. Batches are the first device's. Such a backend needs no selftest.
std::unique_ptr<Backend> open_check_backend(std::unique_ptr<Backend> first,
                                            std::unique_ptr<Backend> second);

}  // namespace corticast
