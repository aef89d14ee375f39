#include "engine/backend/cuda/cuda_backend.h"

#include <cuda_runtime_api.h>

#include "engine/backend/cuda/auto_batch.h"
#include "engine/backend/cuda/cublas/library.h"
#include "engine/backend/cuda/cuda_program.h"
#include "engine/backend/cuda/cudnn/library.h"

namespace corticast::cuda {
namespace {

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

  std::string arithmetic() const override {
    return "cuda " + device_.name + ", compute capability " +
           std::to_string(device_.compute_capability) + ", driver for CUDA " +
           std::to_string(device_.driver_version) + ", cuDNN " + cudnn_;
  }

  std::string identity() const override {
    return device_.name + ", compute capability " + std::to_string(device_.compute_capability) +
           ", driver for CUDA " + std::to_string(device_.driver_version) + ", cuDNN " + cudnn_ +
           ", corticast " + CORTICAST_VERSION;
  }

  std::string advice(const Method& method) const override {
    if (method.precision != Precision::kFp32) return {};  // strict: wanted so
    return "float32 leaves the tensor cores unused: --precision fp16 uses them, at relative errors "
           "of about 1e-3";
  }

  std::size_t auto_batch(const Model& model, const Request& request,
                         const Method& method) const override {
    device_.use();
    std::size_t free = 0;
    std::size_t total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    return cuda::auto_batch(name(), {free, total}, [&](std::size_t batch) {
      return planned_memory(model, request, batch, method).device;
    });
  }

  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    require(max_batch);
    device_.use();
    if (method.readout == ReadoutMethod::kGemm)
      cublas_library();  // or else it says what is missing
    const ProgramShape shape = program_shape(device_, model.info().channels, max_batch, method);
    const CudnnHandle handle;
    // What tuning would choose is known only once it was done.
    const auto problems = core_problems(shape.channels, max_batch, shape.numerics);
    const CoreTuning tuning = method.tune ? remembered_tuning(device_, problems) : CoreTuning{};
    const ProgramMemory memory(
        shape, plan_core(handle, shape.channels, max_batch, shape.numerics, tuning.plans), request);
    return {memory.plan.total(Space::kPinned), memory.plan.total(Space::kDevice)};
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    require(max_batch);
    return std::make_unique<CudaProgram>(device_, model, request, max_batch, method);
  }

  std::vector<StepCheck> selftest(const Model& model, const Request& request, std::size_t max_batch,
                                  const Method& method) override {
    require(max_batch);
    return CudaProgram(device_, model, request, max_batch, method).selftest();
  }

  std::vector<StepTime> measure(const Model& model, const Request& request, std::size_t max_batch,
                                const Method& method, std::size_t repetitions) override {
    require(max_batch);
    return CudaProgram(device_, model, request, max_batch, method).measure(repetitions);
  }

 private:
  static void require(std::size_t max_batch) {
    if (max_batch <= kMostImages) return;
    throw Error(ErrorCode::kDevice,
                "a batch of " + std::to_string(max_batch) + " images; CUDA takes " +
                    std::to_string(kMostImages) + " at most",
                "Use a smaller --batch.");
  }

  Device device_;
  std::string cudnn_;
};

}  // namespace

std::unique_ptr<Backend> open_cuda_backend(int ordinal) {
  return std::make_unique<CudaBackend>(ordinal);
}

}  // namespace corticast::cuda
