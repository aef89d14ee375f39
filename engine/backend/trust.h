// A GPU is not trusted before it is checked: cards, drivers and libraries differ more than tests
// can know. The first time that a device is about to compute in some way, it runs its selftest on
// what it is about to compute; a passed one is remembered in the cache folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace corticast {

// What --device means, "auto" included.
struct ChosenDevice {
  std::unique_ptr<Backend> backend;
  bool replaceable = false;  // "auto" chose a GPU: the CPU may take its place
  std::string no_gpu;        // why "auto" found no GPU that it can use; empty otherwise
  bool idle_gpu = false;     // there is one all the same: worth telling
};

// auto: the first CUDA device, or the CPU where none can be used. Anything else as open_backend().
ChosenDevice choose_device(const DeviceOptions& options);

// A way of computing that passed on some device.
struct PassedSelftest {
  std::string precision;
  std::string readout;
  bool tune = false;
  bool normalised = false;  // InputKind::kNormalised
  int channels = 0;
  std::string when;  // "2026-11-22 07:35 UTC"
};

// What the cache folder knows of Backend::identity(), oldest first. Files that are not what they
// should be are passed over.
std::vector<PassedSelftest> passed_selftests(const std::string& identity);

enum class Trust { kNeedsNone, kPassed, kNotChecked };

Trust trust_in(const Backend& backend, const ModelInfo& model, const Method& method);

// Part of the request that a few seconds can check: its first target, some hundred rows spread over
// all of its rows, the columns they go to.
Request trial_of(const Request& request);

// Runs the selftest on the trial of the request, with batches of max_batch images, 32 at most.
// Remembers that it passed, if that can be written. Throws Error{kDevice} naming the step that
// differs most and by how much, or what the device threw.
void check_before_use(Backend& backend, const Model& model, const Request& request,
                      std::size_t max_batch, const Method& method);

// "block 2: ... differs from the reference by ... of its rms, ... allowed"; the worst of those that
// did not pass, and how many others there are. Empty: all passed.
std::string worst_failure(const std::vector<StepCheck>& checks);

}  // namespace corticast
