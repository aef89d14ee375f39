#include "tests/cuda_sim/libraries/cudnn_state.h"

#include <algorithm>
#include <vector>

namespace cuda_sim::cudnn {
namespace {

// Owns a descriptor of the real library.
class Owned {
 public:
  Owned(const corticast::cuda::CudnnLibrary& real, cudnnBackendDescriptorType_t type)
      : real_(real) {
    check(real.create_descriptor(type, &descriptor_), "creating a descriptor");
  }
  ~Owned() { real_.destroy_descriptor(descriptor_); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  cudnnBackendDescriptor_t get() const { return descriptor_; }

  void check(cudnnStatus_t status, const std::string& what) const {
    if (status != CUDNN_STATUS_SUCCESS)
      throw NotSimulated(what + ": cuDNN answers " + real_.get_error_string(status));
  }

 private:
  const corticast::cuda::CudnnLibrary& real_;
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

// Whether the plan's engine multiplies on tensor cores. For float tensors that means tf32: cuDNN
// 9.19 gives its tf32 engines the note TENSOR_CORE, not DOWN_CONVERT_INPUTS.
bool uses_tensor_cores(const corticast::cuda::CudnnLibrary& real, cudnnBackendDescriptor_t plan) {
  const Owned config(real, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  const Owned engine(real, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  std::int64_t count = 0;
  cudnnBackendDescriptor_t place = config.get();
  config.check(real.get_attribute(plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG,
                                  CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, &place),
               "reading the plan's engine configuration");
  place = engine.get();
  config.check(real.get_attribute(config.get(), CUDNN_ATTR_ENGINECFG_ENGINE,
                                  CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, &place),
               "reading the plan's engine");
  std::vector<cudnnBackendNumericalNote_t> notes(CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  config.check(
      real.get_attribute(engine.get(), CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                         static_cast<std::int64_t>(notes.size()), &count, notes.data()),
      "reading the numerical notes of the plan's engine");
  notes.resize(static_cast<std::size_t>(count));
  return std::any_of(notes.begin(), notes.end(), [](cudnnBackendNumericalNote_t note) {
    return note == CUDNN_NUMERICAL_NOTE_TENSOR_CORE ||
           note == CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS;
  });
}

}  // namespace

State::State() : real(corticast::cuda::open_cudnn(corticast::cuda::cudnn_candidates())) {}

Handle* State::find(cudnnHandle_t handle) {
  const auto found = handles.find(handle);
  return found == handles.end() ? nullptr : found->second.get();
}

Descriptor* State::find(cudnnBackendDescriptor_t descriptor) {
  const auto found = descriptors.find(descriptor);
  return found == descriptors.end() ? nullptr : &found->second;
}

cudnnBackendDescriptor_t State::device_properties(const Device& device, cudnnStatus_t& status) {
  const std::string& json = device.profile().json;
  status = CUDNN_STATUS_SUCCESS;
  const auto known = properties_.find(json);
  if (known != properties_.end()) return known->second;
  cudnnBackendDescriptor_t descriptor = nullptr;
  status = real.create_descriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, &descriptor);
  if (status != CUDNN_STATUS_SUCCESS) return nullptr;
  status = real.set_attribute(descriptor, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION,
                              CUDNN_TYPE_CHAR, static_cast<std::int64_t>(json.size()), json.data());
  if (status == CUDNN_STATUS_SUCCESS) status = real.finalize(descriptor);
  if (status != CUDNN_STATUS_SUCCESS) {
    real.destroy_descriptor(descriptor);
    return nullptr;
  }
  properties_.emplace(json, descriptor);
  return descriptor;
}

State& state() {
  // Never destroyed: static objects of a program may still hold descriptors when it ends.
  static State* const the_state = new State;
  return *the_state;
}

std::string plan_json(const corticast::cuda::CudnnLibrary& real, cudnnBackendDescriptor_t plan) {
  std::int64_t length = 0;
  cudnnStatus_t status = real.get_attribute(plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION,
                                            CUDNN_TYPE_CHAR, 0, &length, nullptr);
  std::string json(static_cast<std::size_t>(std::max<std::int64_t>(length, 0)), '\0');
  if (status == CUDNN_STATUS_SUCCESS)
    status = real.get_attribute(plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION,
                                CUDNN_TYPE_CHAR, length, &length, json.data());
  if (status != CUDNN_STATUS_SUCCESS)
    throw NotSimulated(std::string("the plan has no JSON: cuDNN answers ") +
                       real.get_error_string(status));
  json.resize(json.find_last_not_of('\0') + 1);
  return json;
}

std::shared_ptr<const Plan> read_plan(const corticast::cuda::CudnnLibrary& real,
                                      cudnnBackendDescriptor_t plan) {
  auto result = std::make_shared<Plan>();
  result->graph = parse_plan(plan_json(real, plan));
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  const cudnnStatus_t status = real.get_attribute(plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                                                  CUDNN_TYPE_INT64, 1, &count, &bytes);
  if (status != CUDNN_STATUS_SUCCESS)
    throw NotSimulated(std::string("the plan has no workspace size: cuDNN answers ") +
                       real.get_error_string(status));
  result->workspace_bytes = static_cast<std::uint64_t>(bytes);
  result->tf32 = uses_tensor_cores(real, plan);
  return result;
}

}  // namespace cuda_sim::cudnn
