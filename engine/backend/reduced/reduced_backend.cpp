#include "engine/backend/reduced/reduced_backend.h"

#include <utility>

#include "engine/backend/reduced/folding.h"
#include "engine/backend/reduced/reduced_program.h"
#include "engine/backend/reduced/reduction_report.h"
#include "engine/base/threads.h"

namespace corticast {
namespace {

class ReducedBackend final : public Backend {
 public:
  ReducedBackend(std::unique_ptr<Backend> inner, bool inner_folds, unsigned threads)
      : inner_(std::move(inner)), inner_folds_(inner_folds), threads_(threads) {}

  std::string name() const override { return inner_->name(); }
  std::string arithmetic() const override { return inner_->arithmetic(); }
  std::string identity() const override { return inner_->identity(); }
  std::string advice(const Method& method) const override { return inner_->advice(method); }

  bool folds(const Model& model, const Request& request) const override {
    return request.reduction && passes(model, request);
  }

  std::size_t auto_batch(const Model& model, const Request& request,
                         const Method& method) const override {
    if (passes(model, request)) return inner_->auto_batch(model, request, method);
    return inner_->auto_batch(model, plain_request(request), method);
  }

  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    if (passes(model, request)) return inner_->planned_memory(model, request, max_batch, method);
    MemoryUse use = inner_->planned_memory(model, plain_request(request), max_batch, method);
    use.host += ReducedProgram::planned_bytes(request, max_batch);
    return use;
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    if (passes(model, request)) return inner_->compile(model, request, max_batch, method);
    return std::make_unique<ReducedProgram>(
        inner_->compile(model, plain_request(request), max_batch, method), request, max_batch,
        threads_);
  }

  std::vector<StepCheck> selftest(const Model& model, const Request& request, std::size_t max_batch,
                                  const Method& method) override {
    if (passes(model, request)) return inner_->selftest(model, request, max_batch, method);
    auto checks = inner_->selftest(model, plain_request(request), max_batch, method);
    checks.push_back(check_reduction(request, max_batch, threads_));
    return checks;
  }

  std::vector<StepTime> measure(const Model& model, const Request& request, std::size_t max_batch,
                                const Method& method, std::size_t repetitions) override {
    if (passes(model, request)) {
      return inner_->measure(model, request, max_batch, method, repetitions);
    }
    auto times = inner_->measure(model, plain_request(request), max_batch, method, repetitions);
    times.push_back(time_reduction(request, max_batch, threads_, repetitions));
    return times;
  }

 private:
  bool passes(const Model& model, const Request& request) const {
    return !request.reduction || (inner_folds_ && folding_is_cheaper(request, model.info()));
  }

  std::unique_ptr<Backend> inner_;
  bool inner_folds_;
  unsigned threads_;
};

}  // namespace

std::unique_ptr<Backend> with_reductions(std::unique_ptr<Backend> inner, bool inner_folds,
                                         unsigned threads) {
  return std::make_unique<ReducedBackend>(std::move(inner), inner_folds,
                                          threads == 0 ? usable_threads() : threads);
}

}  // namespace corticast
