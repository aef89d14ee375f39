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
  std::size_t default_batch() const override { return kDefaultBatch; }

  std::uint64_t planned_bytes(const Model& model, const Request& request, std::size_t max_batch,
                              Precision precision) const override {
    require(max_batch, precision);
    device_.use();
    const CudnnHandle handle;
    const int channels = model.info().channels;
    return ProgramMemory(plan_core(handle, channels, max_batch, precision), channels, request,
                         max_batch)
        .bytes();
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, Precision precision) override {
    require(max_batch, precision);
    return std::make_unique<CudaProgram>(device_, model, request, max_batch, precision);
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
