// Requests for linear functionals over vertices (Request::reduction): two ways to answer them.
#pragma once

#include "engine/atlas/request.h"
#include "engine/model/model.h"
#include "kernels/functionals.h"

namespace corticast {

// Whether folding the functionals into one matrix each (kernels/functionals.h) is cheaper than
// computing the vertices and applying them. A fixed rule of the request and the model, because the
// two ways round differently: a row's bits must not depend on how many images a run has.
// request.reduction must be set.
bool folding_is_cheaper(const Request& request, const ModelInfo& model);

// The request for the vertices themselves, packed, that a reduction is made of.
Request plain_request(const Request& request);

// A view into the reduction.
kernels::Functionals functionals_of(const Reduction& reduction);

}  // namespace corticast
