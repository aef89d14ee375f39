#include <cstring>

#include "tests/cuda_sim/libraries/cudnn_calls.h"
#include "tests/cuda_sim/libraries/cudnn_state.h"

namespace cuda_sim::cudnn {
namespace {

constexpr const char* kSet = "cudnnBackendSetAttribute";
constexpr const char* kFinalize = "cudnnBackendFinalize";

// The real library has no device: what names one by a handle is kept here instead.
cudnnStatus_t set_handle(State& all, Descriptor& known, cudnnBackendAttributeType_t type,
                         std::int64_t count, const void* elements) {
  if (type != CUDNN_TYPE_HANDLE || count != 1 || elements == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kSet,
                  "a handle attribute takes one element of CUDNN_TYPE_HANDLE");
  cudnnHandle_t handle = nullptr;
  std::memcpy(&handle, elements, sizeof handle);
  if (all.find(handle) == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kSet,
                  "the handle was not made by cudnnCreate, or is already destroyed");
  if (known.finalized)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kSet, "the descriptor is already finalized");
  known.handle = handle;
  return CUDNN_STATUS_SUCCESS;
}

// Keeps what a variant pack holds: the real library does not give it back.
void keep(VariantPack& pack, cudnnBackendAttributeName_t name, std::int64_t count,
          const void* elements) {
  const auto size = static_cast<std::size_t>(count);
  if (name == CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS) {
    pack.uids.resize(size);
    std::memcpy(pack.uids.data(), elements, size * sizeof(std::int64_t));
  } else if (name == CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS) {
    pack.pointers.resize(size);
    std::memcpy(pack.pointers.data(), elements, size * sizeof(std::uint64_t));
  } else {
    std::memcpy(&pack.workspace, elements, sizeof pack.workspace);
  }
}

// Gives the real descriptor the simulated device of the handle.
cudnnStatus_t set_device(State& all, cudnnBackendDescriptor_t descriptor, cudnnHandle_t handle,
                         cudnnBackendAttributeName_t name, const std::string& missing) {
  const Handle* const known = all.find(handle);
  if (known == nullptr) return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kFinalize, missing);
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;
  const cudnnBackendDescriptor_t properties = all.device_properties(*known->device, status);
  if (properties == nullptr)
    return refuse(status, known->device, kFinalize,
                  "cuDNN does not accept the profile of device " + known->device->profile().name);
  return all.real.set_attribute(descriptor, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &properties);
}

cudnnStatus_t prepare(State& all, cudnnBackendDescriptor_t descriptor, const Descriptor& known) {
  switch (known.type) {
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
    case CUDNN_BACKEND_ENGINE_DESCRIPTOR:
      if (known.has_device) return CUDNN_STATUS_SUCCESS;
      return set_device(all, descriptor, known.handle,
                        known.type == CUDNN_BACKEND_ENGINE_DESCRIPTOR
                            ? CUDNN_ATTR_ENGINE_DEVICEPROP
                            : CUDNN_ATTR_ENGINEHEUR_DEVICEPROP,
                        "the operation graph has no live CUDNN_ATTR_OPERATIONGRAPH_HANDLE, so "
                        "nothing says which device this is for");
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR: {
      const std::string missing =
          "the plan has no live CUDNN_ATTR_EXECUTION_PLAN_HANDLE, which cuDNN before 9.8 needs";
      if (known.has_device) return CUDNN_STATUS_SUCCESS;
      // The engine configuration brings its device along; a plan from JSON needs it told, and
      // cuDNN 9.19 crashes when it is not.
      if (!known.has_config)
        return set_device(all, descriptor, known.handle, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP,
                          missing);
      if (all.find(known.handle) == nullptr)
        return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kFinalize, missing);
      return CUDNN_STATUS_SUCCESS;
    }
    default:
      return CUDNN_STATUS_SUCCESS;
  }
}

}  // namespace

cudnnStatus_t create_descriptor(cudnnBackendDescriptorType_t type,
                                cudnnBackendDescriptor_t* descriptor) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  const cudnnStatus_t status = all.real.create_descriptor(type, descriptor);
  if (status == CUDNN_STATUS_SUCCESS) {
    Descriptor known;
    known.type = type;
    all.descriptors[*descriptor] = known;
  }
  return status;
}

cudnnStatus_t destroy_descriptor(cudnnBackendDescriptor_t descriptor) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  if (all.descriptors.erase(descriptor) == 0)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, "cudnnBackendDestroyDescriptor",
                  "the descriptor does not exist, or is already destroyed");
  return all.real.destroy_descriptor(descriptor);
}

cudnnStatus_t set_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, std::int64_t count,
                            const void* elements) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  Descriptor* const known = all.find(descriptor);
  if (known == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kSet,
                  "the descriptor does not exist, or is already destroyed");
  if (name == CUDNN_ATTR_OPERATIONGRAPH_HANDLE || name == CUDNN_ATTR_EXECUTION_PLAN_HANDLE)
    return set_handle(all, *known, type, count, elements);
  if (type == CUDNN_TYPE_HANDLE || name == CUDNN_ATTR_DEVICEPROP_DEVICE_ID ||
      name == CUDNN_ATTR_VARIANT_PACK_INTERMEDIATES ||
      name == CUDNN_ATTR_VARIANT_PACK_OVERRIDE_UNIQUE_IDS ||
      name == CUDNN_ATTR_VARIANT_PACK_OVERRIDE_SHAPES ||
      name == CUDNN_ATTR_VARIANT_PACK_OVERRIDE_STRIDES)
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, nullptr, kSet,
                  "attribute " + std::to_string(static_cast<int>(name)) +
                      " of cudnnBackendAttributeName_t is not simulated");

  const cudnnStatus_t status = all.real.set_attribute(descriptor, name, type, count, elements);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  switch (name) {
    case CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH:
    case CUDNN_ATTR_ENGINE_OPERATION_GRAPH: {
      cudnnBackendDescriptor_t graph = nullptr;
      std::memcpy(&graph, elements, sizeof graph);
      const Descriptor* const found = all.find(graph);
      known->handle = found == nullptr ? nullptr : found->handle;
      break;
    }
    case CUDNN_ATTR_ENGINEHEUR_DEVICEPROP:
    case CUDNN_ATTR_ENGINE_DEVICEPROP:
    case CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP:
      known->has_device = true;
      break;
    case CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG:
      known->has_config = true;
      break;
    case CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS:
    case CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS:
    case CUDNN_ATTR_VARIANT_PACK_WORKSPACE:
      keep(known->pack, name, count, elements);
      break;
    default:
      break;
  }
  return status;
}

cudnnStatus_t get_attribute(const cudnnBackendDescriptor_t descriptor,
                            cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                            std::int64_t requested, std::int64_t* count, void* elements) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  if (all.find(descriptor) == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, "cudnnBackendGetAttribute",
                  "the descriptor does not exist, or is already destroyed");
  return all.real.get_attribute(descriptor, name, type, requested, count, elements);
}

cudnnStatus_t finalize(cudnnBackendDescriptor_t descriptor) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  Descriptor* const known = all.find(descriptor);
  if (known == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, kFinalize,
                  "the descriptor does not exist, or is already destroyed");
  cudnnStatus_t status = prepare(all, descriptor, *known);
  if (status == CUDNN_STATUS_SUCCESS) status = all.real.finalize(descriptor);
  known->finalized = status == CUDNN_STATUS_SUCCESS;
  return status;
}

}  // namespace cuda_sim::cudnn
