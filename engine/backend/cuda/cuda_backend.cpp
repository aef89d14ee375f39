#include "engine/backend/cuda/cuda_backend.h"

#include "engine/backend/cuda/cuda_program.h"
#include "engine/backend/cuda/cudnn/library.h"

namespace corticast::cuda {
namespace {

// Enough to fill the largest card; more gains nothing but memory use.
constexpr std::size_t kDefaultBatch = 16;
constexpr std::size_t kMostImages = 65535;  // of one launch, see kernels/cuda/kernels.h

std::string cudnn_version() {
  const std::size_t version = cudnn_library().version();
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

class CudaBackend final : public Backend {
 public:
  explicit CudaBackend(int ordinal) : device_(open_device(ordinal)), cudnn_(cudnn_version()) {}

  std::string name() const override {
    return "cuda:" + std::to_string(device_.ordinal) + " (" + device_.name + ", cuDNN " + cudnn_ +
           ")";
  }
  std::size_t auto_batch(const Model&, const Request&, const Method&) const override {
    return kDefaultBatch;
  }

  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    require(max_batch, method.precision);
    device_.use();
    const CudnnHandle handle;
    const int channels = model.info().channels;
    const ProgramMemory memory(
        plan_core(handle, channels, max_batch, numerics_of(method.precision, device_)), channels,
        request, max_batch);
    return {memory.plan.total(Space::kPinned), memory.plan.total(Space::kDevice)};
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    require(max_batch, method.precision);
    return std::make_unique<CudaProgram>(device_, model, request, max_batch, method.precision);
  }

  std::vector<StepCheck> selftest(const Model&, const Request&, std::size_t,
                                  const Method&) override {
    throw Error(ErrorCode::kInternal, "no selftest of CUDA yet");
  }

  std::vector<StepTime> measure(const Model&, const Request&, std::size_t, const Method&,
                                std::size_t) override {
    throw Error(ErrorCode::kInternal, "no measurement of CUDA yet");
  }

 private:
  static void require(std::size_t max_batch, Precision precision) {
    if (precision != Precision::kFp32 && precision != Precision::kFp32Strict) {
      throw Error(ErrorCode::kDevice,
                  "precision " + to_string(precision) +
                      " is not available on CUDA in this build of corticast",
                  "Use --precision fp32 or fp32-strict.");
    }
    if (max_batch > kMostImages) {
      throw Error(ErrorCode::kDevice,
                  "a batch of " + std::to_string(max_batch) + " images; CUDA takes " +
                      std::to_string(kMostImages) + " at most",
                  "Use a smaller --batch.");
    }
  }

  Device device_;
  std::string cudnn_;
};

}  // namespace

std::unique_ptr<Backend> open_cuda_backend(int ordinal) {
  return std::make_unique<CudaBackend>(ordinal);
}

}  // namespace corticast::cuda
