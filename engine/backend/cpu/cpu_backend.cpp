#include "engine/backend/cpu/cpu_backend.h"

#include "engine/backend/cpu/cpu_program.h"
#include "engine/base/threads.h"

namespace corticast::cpu {
namespace {

// Masks are read from memory once per batch: with 8 images that costs a few per cent of the time.
constexpr std::size_t kDefaultBatch = 8;

class CpuBackend final : public Backend {
 public:
  CpuBackend(unsigned threads, kernels::cpu::Isa isa) : threads_(threads), isa_(isa) {}

  std::string name() const override {
    return "cpu (" + std::to_string(threads_) + (threads_ == 1 ? " thread, " : " threads, ") +
           kernels::cpu::to_string(isa_) + ")";
  }
  std::size_t default_batch() const override { return kDefaultBatch; }

  std::uint64_t planned_bytes(const Model& model, const Request& request, std::size_t max_batch,
                              Precision precision) const override {
    require(precision);
    return CpuProgram::planned_bytes(model.info().channels, request, max_batch, threads_, isa_);
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, Precision precision) override {
    require(precision);
    return std::make_unique<CpuProgram>(model, request, max_batch, threads_, isa_);
  }

 private:
  // Both fp32 modes are the same here: direct convolution, float32 throughout.
  static void require(Precision precision) {
    if (precision == Precision::kFp32 || precision == Precision::kFp32Strict) return;
    throw Error(ErrorCode::kDevice,
                "precision " + to_string(precision) + " is not available on the CPU",
                "Use --precision fp32 or fp32-strict.");
  }

  unsigned threads_;
  kernels::cpu::Isa isa_;
};

}  // namespace

std::unique_ptr<Backend> open_cpu_backend(unsigned threads) {
  return open_cpu_backend(threads, kernels::cpu::available_isas().back());
}

std::unique_ptr<Backend> open_cpu_backend(unsigned threads, kernels::cpu::Isa isa) {
  return std::make_unique<CpuBackend>(threads == 0 ? usable_threads() : threads, isa);
}

}  // namespace corticast::cpu
