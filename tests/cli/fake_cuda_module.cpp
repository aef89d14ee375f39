// A CUDA module without CUDA: the CPU under another name. CORTICAST_FAKE_CUDA says what is wrong
// with it, in words: "absent", "selftest-fails", "selftest-throws", "answers-differ".
#include <cstdlib>
#include <string_view>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cuda_module.h"

namespace {

using namespace corticast;

bool is(std::string_view word) {
  const char* const words = std::getenv("CORTICAST_FAKE_CUDA");
  return words != nullptr && std::string_view(words).find(word) != std::string_view::npos;
}

// The first response of every batch and target is 1 % off.
class WrongProgram final : public Program {
 public:
  explicit WrongProgram(std::unique_ptr<Program> inner) : inner_(std::move(inner)) {}
  std::uint8_t* input(std::size_t slot) override { return inner_->input(slot); }
  void submit(std::size_t slot, std::size_t n) override { inner_->submit(slot, n); }
  Responses wait(std::size_t slot) override {
    const Responses responses = inner_->wait(slot);
    for (const float* target : responses.targets) const_cast<float&>(target[0]) *= 1.01f;
    return responses;
  }

 private:
  std::unique_ptr<Program> inner_;
};

// Has fp16, which it computes in fp32.
class FakeCuda final : public Backend {
 public:
  std::string name() const override { return "cuda:0 (a fake card)"; }
  std::string arithmetic() const override { return "a fake card"; }
  std::string identity() const override { return "a fake card"; }
  std::string advice(const Method& method) const override {
    return method.precision == Precision::kFp32 ? "fp16 would be faster" : "";
  }
  std::size_t auto_batch(const Model& model, const Request& request,
                         const Method& method) const override {
    return cpu_->auto_batch(model, request, on_cpu(method)) / 2;
  }
  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    return cpu_->planned_memory(model, request, max_batch, on_cpu(method));
  }
  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    auto program = cpu_->compile(model, request, max_batch, on_cpu(method));
    if (!is("answers-differ")) return program;
    return std::make_unique<WrongProgram>(std::move(program));
  }
  std::vector<StepCheck> selftest(const Model&, const Request&, std::size_t,
                                  const Method&) override {
    if (is("selftest-throws")) throw Error(ErrorCode::kDevice, "the card fell out");
    const double error = is("selftest-fails") ? 0.03 : 0;
    return {{"block 1", 10, 0, 0, 1e-6}, {"block 2", 10, error, error, 1e-6}};
  }
  std::vector<StepTime> measure(const Model&, const Request&, std::size_t, const Method&,
                                std::size_t) override {
    return {};
  }

 private:
  static Method on_cpu(const Method& method) {
    return method.precision == Precision::kFp16 ? Method(Precision::kFp32) : method;
  }
  std::unique_ptr<Backend> cpu_ = cpu::open_cpu_backend(1);
};

void require_card() {
  if (is("absent")) throw Error(ErrorCode::kDevice, "no card is plugged in", "Buy one.");
}

std::unique_ptr<Backend> open(int) {
  require_card();
  return std::make_unique<FakeCuda>();
}

std::vector<DeviceInfo> devices() {
  require_card();
  DeviceInfo good;
  good.device = "cuda:0";
  good.card = "a fake card";
  good.compute_capability = 90;
  good.multiprocessors = 132;
  good.memory_bytes = 80'000'000'000;
  good.free_bytes = 70'000'000'000;
  good.driver = "13.0";
  good.cudnn = "9.7.1";
  good.precisions = {Precision::kFp32, Precision::kFp16};
  good.identity = "a fake card";
  DeviceInfo old;
  old.device = "cuda:1";
  old.problem = "too old. Use another.";
  return {good, old};
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const CudaModule* corticast_cuda_module() {
  static const CudaModule module = [] {
    CudaModule it{};
    it.version = kCudaModuleVersion;
    it.open = open;
    it.devices = devices;
    return it;
  }();
  return &module;
}
