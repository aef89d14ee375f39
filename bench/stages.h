// Rows of a backend's steps.
#pragma once

#include <vector>

#include "bench/row.h"
#include "engine/backend/backend.h"

namespace corticast::bench {

inline constexpr const char* kAllSteps = "all steps";

struct StageRun {
  const Model& model;
  const Request& request;
  Method method;
  std::size_t repetitions;
  bool check;  // also run the backend's selftest
};

// One row per step of a batch of where.batch images, in the order measured, then, of one device,
// sums, repetition by repetition: "core" (normalise to the last pool), "readouts" (what follows it
// on the device) and "all steps". With `check` each row has the error of the
// step of its name; checks of steps that were not timed follow as rows of their own. Throws what
// Backend::measure and selftest throw.
std::vector<Row> stage_rows(Backend& backend, const StageRun& run, const Conditions& where);

// The same from finished reports.
std::vector<Row> stage_rows(const std::vector<StepTime>& times,
                            const std::vector<StepCheck>& checks, const Conditions& where);

}  // namespace corticast::bench
