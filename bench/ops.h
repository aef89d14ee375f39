// Every kernel of the CPU alone, on the network's own shapes and weights, in every way there is to
// compute it: direct convolution beside Winograd's, readouts as they are and folded.
#pragma once

#include <functional>
#include <vector>

#include "bench/machine.h"
#include "bench/row.h"
#include "engine/atlas/request.h"
#include "engine/model/model.h"

namespace corticast::bench {

struct OpsRun {
  const Model& model;
  const Request& request;  // of its first target
  std::size_t batch;       // images of the readouts; the core's kernels take one at a time
  std::size_t repetitions;
  bool check;
};

// Each kernel is run `repetitions` times in a row on the same numbers, so small ones find them in
// the caches. `where` gives the conditions of a method and a batch size. Throws Error{kDevice}
// where machine is not the CPU.
std::vector<Row> op_rows(const Machine& machine, const OpsRun& run,
                         const std::function<Conditions(const Method&, std::size_t)>& where);

}  // namespace corticast::bench
