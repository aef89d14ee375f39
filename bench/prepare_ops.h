// What the CPU does once before the first image: weights in the order and form that its kernels
// read. And resizing, which is done for each image before its kernels run.
#pragma once

#include "bench/machine.h"
#include "bench/row.h"
#include "engine/atlas/request.h"
#include "engine/model/model.h"

namespace corticast::bench {

// One thread: a generated image of 500 x 375 to the network's input.
Row resize_row(std::size_t repetitions, const Conditions& where);

// All filters that Winograd's algorithm uses, transformed. Under the caller's OpenMP threads.
Row transform_row(const Model& model, std::size_t repetitions, const Conditions& where);

// The functionals of request.reduction (not null) folded for its first target.
Row fold_row(const Model& model, const Request& request, std::size_t repetitions,
             const Conditions& where);

}  // namespace corticast::bench
