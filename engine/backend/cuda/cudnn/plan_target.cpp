#include "engine/backend/cuda/cudnn/plan_target.h"

#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

// cuDNN 9.11 and later can do without the handle; every cuDNN 9 takes it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
constexpr cudnnBackendAttributeName_t kGraphHandle = CUDNN_ATTR_OPERATIONGRAPH_HANDLE;
constexpr cudnnBackendAttributeName_t kPlanHandle = CUDNN_ATTR_EXECUTION_PLAN_HANDLE;
#pragma GCC diagnostic pop

// Names that headers before 9.8 lack; their numbers are part of cuDNN's binary interface.
constexpr auto kHeuristicsCard = static_cast<cudnnBackendAttributeName_t>(204);
constexpr auto kCardJson = static_cast<cudnnBackendAttributeName_t>(2702);
constexpr auto kCard = static_cast<cudnnBackendDescriptorType_t>(38);
#if CUDNN_VERSION >= 90800
static_assert(kHeuristicsCard == CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
static_assert(kCardJson == CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION);
static_assert(kCard == CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
#endif

constexpr std::size_t kFirstWithCards = 90800;

}  // namespace

void PlanTarget::name_device_of_graph(Descriptor& graph) const {
  if (handle_ != nullptr) graph.set(kGraphHandle, CUDNN_TYPE_HANDLE, handle_);
}

void PlanTarget::name_device_of_heuristics(Descriptor& heuristics) const {
  if (card_ != nullptr) heuristics.set(kHeuristicsCard, *card_);
}

// A configuration remembers the card that its heuristics were asked for.
void PlanTarget::name_device_of_plan(Descriptor& plan) const {
  if (handle_ != nullptr) plan.set(kPlanHandle, CUDNN_TYPE_HANDLE, handle_);
}

bool cudnn_describes_cards() {
  return cudnn_library().version() >= kFirstWithCards;
}

Descriptor describe_card(const std::string& json) {
  if (!cudnn_describes_cards()) {
    throw Error(
        ErrorCode::kDevice,
        "cuDNN " + cudnn_version_text() + " makes no plans without a device; 9.8 and later do",
        "Point CORTICAST_CUDNN to a newer libcudnn.so.9.");
  }
  Descriptor card(kCard);
  card.set(kCardJson, CUDNN_TYPE_CHAR, std::span<const char>(json));
  if (!card.try_finalize()) {
    throw Error(ErrorCode::kUsage, "cuDNN " + cudnn_version_text() + " refuses the card");
  }
  return card;
}

}  // namespace corticast::cuda
