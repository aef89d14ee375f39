#include "engine/backend/cpu/cpu_backend.h"

#include "engine/backend/cpu/cpu_program.h"
#include "engine/backend/cpu/self_reports.h"
#include "engine/base/instruction_set.h"
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
  // Sums come in the same order whatever the number of threads.
  std::string arithmetic() const override {
    return "cpu " + std::string(kernels::cpu::to_string(isa_));
  }
  std::size_t auto_batch(const Model&, const Request&, const Method& method) const override {
    require(method);
    return kDefaultBatch;
  }

  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    require(method);
    return {CpuProgram::planned_bytes(model.info().channels, request, max_batch, on_cpu(method)),
            0};
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    require(method);
    return std::make_unique<CpuProgram>(model, request, max_batch, on_cpu(method));
  }

  std::vector<StepCheck> selftest(const Model& model, const Request& request, std::size_t max_batch,
                                  const Method& method) override {
    require(method);
    return check_steps(model, request, max_batch, on_cpu(method));
  }

  std::vector<StepTime> measure(const Model& model, const Request& request, std::size_t max_batch,
                                const Method& method, std::size_t repetitions) override {
    require(method);
    return time_steps(model, request, max_batch, repetitions, on_cpu(method));
  }

 private:
  CpuMethod on_cpu(const Method& method) const {
    return {threads_, isa_, method.precision, method.input};
  }
  // There is nothing to tune.
  void require(const Method& method) const {
    const Precision precision = method.precision;
    if (precision == Precision::kBf16 && !kernels::cpu::bf16_available(isa_)) {
      throw Error(ErrorCode::kDevice,
                  "precision bf16 is not available on the CPU: it takes avx512 with AVX512-BF16, "
                  "and this is " +
                      kernels::cpu::to_string(isa_) +
                      (isa_ == kernels::cpu::Isa::kAvx512 ? " without" : ""),
                  "Use --precision fp32.");
    }
    if (precision == Precision::kTf32 || precision == Precision::kFp16) {
      throw Error(ErrorCode::kDevice,
                  "precision " + to_string(precision) + " is not available on the CPU",
                  "Use --precision fp32 or fp32-strict.");
    }
    if (method.readout == ReadoutMethod::kGemm) {
      throw Error(ErrorCode::kDevice, "readout gemm is not available on the CPU",
                  "Use --readout auto or fused.");
    }
  }

  unsigned threads_;
  kernels::cpu::Isa isa_;
};

}  // namespace

std::unique_ptr<Backend> open_cpu_backend(unsigned threads) {
  return open_cpu_backend(threads, chosen_isa());
}

std::unique_ptr<Backend> open_cpu_backend(unsigned threads, kernels::cpu::Isa isa) {
  return std::make_unique<CpuBackend>(threads == 0 ? usable_threads() : threads, isa);
}

}  // namespace corticast::cpu
