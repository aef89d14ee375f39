// What plans are made for: the device of a handle, or a card that is only described.
#pragma once

#include "engine/backend/cuda/cudnn/descriptor.h"

namespace corticast::cuda {

// A view: the handle or the card must outlive it.
class PlanTarget {
 public:
  // Plans that can run.
  PlanTarget(const CudnnHandle& handle)  // NOLINT(google-explicit-constructor): a handle is one
      : handle_(handle.get()) {}
  // card: a finalized descriptor of a device's properties. Plans to look at, without a device.
  explicit PlanTarget(const Descriptor& card) : card_(&card) {}

  // Say in a descriptor, before it is finalized, which device it is for.
  void name_device_of_graph(Descriptor& graph) const;
  void name_device_of_heuristics(Descriptor& heuristics) const;
  void name_device_of_plan(Descriptor& plan) const;

 private:
  cudnnHandle_t handle_ = nullptr;
  const Descriptor* card_ = nullptr;
};

// Whether the loaded cuDNN is 9.8 or later, which knows cards by description.
bool cudnn_describes_cards();

// The properties of a card from their JSON text, the form in which cuDNN writes and reads them.
// Neither a device nor a driver is needed. Throws Error{kDevice} when the loaded cuDNN is older
// than 9.8, which knows no such thing, and Error{kUsage} when it refuses the text; whoever can name
// fields should have looked at them before, cuDNN does not.
Descriptor describe_card(const std::string& json);

}  // namespace corticast::cuda
