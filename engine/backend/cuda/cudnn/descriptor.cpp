#include "engine/backend/cuda/cudnn/descriptor.h"

#include <algorithm>
#include <array>

#include "engine/base/error.h"

namespace corticast::cuda {

void check(cudnnStatus_t status, const std::string& doing) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  const CudnnLibrary& library = cudnn_library();
  std::array<char, 512> detail{};
  library.get_last_error_string(detail.data(), detail.size());
  std::string message = "cuDNN failed while " + doing + ": " + library.get_error_string(status);
  if (detail[0] != '\0') message += " (" + std::string(detail.data()) + ")";
  throw Error(ErrorCode::kDevice, message,
              "Check that this cuDNN is made for this card and driver, or use --device cpu.");
}

std::string cudnn_version_text() {
  const std::size_t version = cudnn_library().version();
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

CudnnHandle::CudnnHandle() {
  check(cudnn_library().create(&handle_), "starting on the device");
}

CudnnHandle::~CudnnHandle() {
  if (handle_ != nullptr) cudnn_library().destroy(handle_);
}

Descriptor::Descriptor(cudnnBackendDescriptorType_t type) {
  check(cudnn_library().create_descriptor(type, &descriptor_), "making a descriptor");
}

Descriptor::~Descriptor() {
  if (descriptor_ != nullptr) cudnn_library().destroy_descriptor(descriptor_);
}

void Descriptor::set(cudnnBackendAttributeName_t name, const Descriptor& value) {
  set_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value.descriptor_);
}

void Descriptor::set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                         std::int64_t count, const void* values) {
  check(cudnn_library().set_attribute(descriptor_, name, type, count, values),
        "setting attribute " + std::to_string(name));
}

bool Descriptor::try_finalize() {
  return cudnn_library().finalize(descriptor_) == CUDNN_STATUS_SUCCESS;
}

void Descriptor::finalize(const char* doing) {
  check(cudnn_library().finalize(descriptor_), doing);
}

std::int64_t Descriptor::integer(cudnnBackendAttributeName_t name) const {
  std::int64_t count = 0;
  std::int64_t value = 0;
  check(cudnn_library().get_attribute(descriptor_, name, CUDNN_TYPE_INT64, 1, &count, &value),
        "reading attribute " + std::to_string(name));
  return value;
}

std::vector<cudnnBackendNumericalNote_t> Descriptor::numerical_notes() const {
  // Room for more than this header knows: a newer cuDNN may have further notes.
  std::vector<cudnnBackendNumericalNote_t> notes(64);
  std::int64_t count = 0;
  check(cudnn_library().get_attribute(
            descriptor_, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
            static_cast<std::int64_t>(notes.size()), &count, notes.data()),
        "reading an engine's numerical notes");
  notes.resize(static_cast<std::size_t>(count));
  return notes;
}

Descriptor Descriptor::engine() const {
  Descriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  std::int64_t count = 0;
  check(
      cudnn_library().get_attribute(descriptor_, CUDNN_ATTR_ENGINECFG_ENGINE,
                                    CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, &engine.descriptor_),
      "reading a configuration's engine");
  return engine;
}

std::vector<Descriptor> Descriptor::list(cudnnBackendAttributeName_t name,
                                         cudnnBackendDescriptorType_t type, std::int64_t most,
                                         const char* doing) const {
  std::vector<Descriptor> members;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (std::int64_t i = 0; i < most; ++i) {
    members.emplace_back(type);
    raw.push_back(members.back().get());
  }
  std::int64_t count = 0;
  check(cudnn_library().get_attribute(descriptor_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, most,
                                      &count, raw.data()),
        doing);
  members.erase(members.begin() + std::min(count, most), members.end());
  return members;
}

std::vector<Descriptor> Descriptor::results() const {
  std::int64_t count = 0;
  check(cudnn_library().get_attribute(descriptor_, CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                      CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr),
        "counting engine configurations");
  return list(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, count,
              "reading engine configurations");
}

// cuDNN does not tell beforehand how many knobs there are.
std::string Descriptor::configuration_name() const {
  constexpr std::int64_t kMostKnobs = 64;  // of cuDNN 9.19's 44 kinds
  std::string name = "eng" + std::to_string(engine().integer(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  for (const Descriptor& choice :
       list(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, kMostKnobs,
            "reading a configuration's knobs")) {
    cudnnBackendKnobType_t knob{};
    std::int64_t count = 0;
    check(cudnn_library().get_attribute(choice.get(), CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE,
                                        CUDNN_TYPE_KNOB_TYPE, 1, &count, &knob),
          "reading a knob");
    name += "_k" + std::to_string(static_cast<int>(knob)) + "=" +
            std::to_string(choice.integer(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
  }
  return name;
}

}  // namespace corticast::cuda
