#include "engine/backend/check/check_backend.h"

#include <algorithm>
#include <utility>

#include "engine/backend/check/response_differences.h"

namespace corticast {
namespace {

class CheckProgram final : public Program {
 public:
  CheckProgram(std::unique_ptr<Program> first, std::unique_ptr<Program> second,
               const Request& request, InputKind input, std::string title, double allowed)
      : first_(std::move(first)),
        second_(std::move(second)),
        differences_(request),
        image_bytes_(input_bytes(input)),
        title_(std::move(title)),
        allowed_(allowed) {}

  std::size_t slots() const override { return first_->slots(); }
  std::uint8_t* input(std::size_t slot) override { return first_->input(slot); }
  void submit(std::size_t slot, std::size_t n) override { first_->submit(slot, n); }

  // The second device computes now, on the input that nobody may have changed since submit();
  // meanwhile the first goes on with later slots.
  Responses wait(std::size_t slot) override {
    const Responses responses = first_->wait(slot);
    std::copy_n(first_->input(slot), responses.images * image_bytes_, second_->input(0));
    second_->submit(0, responses.images);
    differences_.add(responses, second_->wait(0));
    return responses;
  }

  Findings findings() override {
    Findings findings = first_->findings();
    const Findings others = second_->findings();
    const auto add = [](const std::vector<std::string>& from, std::vector<std::string>& to) {
      for (const std::string& line : from) to.push_back("second device: " + line);
    };
    add(others.notes, findings.notes);
    add(others.warnings, findings.warnings);
    findings.comparison = {title_};
    for (const std::string& line : differences_.lines(allowed_)) {
      findings.comparison.push_back("  " + line);
    }
    findings.difference = !differences_.within(allowed_);
    return findings;
  }

 private:
  std::unique_ptr<Program> first_;
  std::unique_ptr<Program> second_;
  ResponseDifferences differences_;
  std::size_t image_bytes_;
  std::string title_;
  double allowed_;
};

class CheckBackend final : public Backend {
 public:
  CheckBackend(std::unique_ptr<Backend> first, std::unique_ptr<Backend> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  std::string name() const override {
    return "check of " + first_->name() + " against " + second_->name();
  }
  // Its responses are the ones that are written.
  std::string arithmetic() const override { return first_->arithmetic(); }

  std::size_t auto_batch(const Model& model, const Request& request,
                         const Method& method) const override {
    return first_->auto_batch(model, request, method);
  }

  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    const MemoryUse a = first_->planned_memory(model, request, max_batch, method);
    const MemoryUse b =
        second_->planned_memory(model, request, max_batch, for_second(model, request, method));
    return {a.host + b.host, a.device + b.device};
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    const Method other = for_second(model, request, method);
    auto first = first_->compile(model, request, max_batch, method);
    auto second = second_->compile(model, request, max_batch, other);
    const std::string title = "check: " + first_->name() + " in " + to_string(method.precision) +
                              " against " + second_->name() + " in " + to_string(other.precision);
    const double allowed =
        std::max(allowed_difference(method.precision), allowed_difference(other.precision));
    return std::make_unique<CheckProgram>(std::move(first), std::move(second), request,
                                          method.input, title, allowed);
  }

  std::vector<StepCheck> selftest(const Model& model, const Request& request, std::size_t max_batch,
                                  const Method& method) override {
    return joined(first_->selftest(model, request, max_batch, method),
                  second_->selftest(model, request, max_batch, for_second(model, request, method)));
  }

  std::vector<StepTime> measure(const Model& model, const Request& request, std::size_t max_batch,
                                const Method& method, std::size_t repetitions) override {
    return joined(first_->measure(model, request, max_batch, method, repetitions),
                  second_->measure(model, request, max_batch, for_second(model, request, method),
                                   repetitions));
  }

 private:
  // The nearest to `method` that the second device has.
  Method for_second(const Model& model, const Request& request, const Method& method) const {
    Method finer = method;
    finer.readout = ReadoutMethod::kAuto;
    for (const Method& candidate : {method, finer}) {
      try {
        second_->auto_batch(model, request, candidate);
        return candidate;
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kDevice) throw;
      }
    }
    Method plain;
    plain.input = method.input;
    return plain;
  }

  template <typename Report>
  static std::vector<Report> joined(std::vector<Report> first, std::vector<Report> second) {
    for (Report& report : first) report.step = "first: " + report.step;
    for (Report& report : second) report.step = "second: " + report.step;
    first.insert(first.end(), std::make_move_iterator(second.begin()),
                 std::make_move_iterator(second.end()));
    return first;
  }

  std::unique_ptr<Backend> first_;
  std::unique_ptr<Backend> second_;
};

}  // namespace

std::unique_ptr<Backend> open_check_backend(std::unique_ptr<Backend> first,
                                            std::unique_ptr<Backend> second) {
  return std::make_unique<CheckBackend>(std::move(first), std::move(second));
}

}  // namespace corticast
