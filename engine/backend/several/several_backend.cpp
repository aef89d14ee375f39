#include "engine/backend/several/several_backend.h"

#include <algorithm>
#include <utility>

#include "engine/backend/several/blame.h"
#include "engine/backend/several/in_parallel.h"
#include "engine/backend/several/several_program.h"

namespace corticast {
namespace several {
namespace {

std::string join(const std::vector<std::string>& texts, const char* between) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

class SeveralBackend final : public Backend {
 public:
  explicit SeveralBackend(std::vector<NamedBackend> devices) : devices_(std::move(devices)) {}

  // "cuda:0, cuda:1 (2 x NVIDIA L4, cuDNN 9.1.0)" for "cuda:0 (NVIDIA L4, cuDNN 9.1.0)" and
  // "cuda:1 (NVIDIA L4, cuDNN 9.1.0)"; both as they are where they differ.
  std::string name() const override {
    std::vector<std::string> devices;
    std::vector<std::string> names;
    for (const NamedBackend& each : devices_) {
      devices.push_back(each.device);
      names.push_back(each.backend->name());
    }
    const std::string same =
        names.front().substr(std::min(names.front().size(), devices.front().size()));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!same.starts_with(" (") || names[i] != devices[i] + same) return join(names, ", ");
    }
    return join(devices, ", ") + " (" + std::to_string(devices.size()) + " x " + same.substr(2);
  }

  // Devices that compute alike count as one: which of them had a row does not matter.
  std::string arithmetic() const override {
    std::vector<std::string> kinds;
    for (const NamedBackend& each : devices_) {
      const std::string kind = each.backend->arithmetic();
      if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
    }
    return join(kinds, " + ");
  }

  // Empty only where no device needs a selftest.
  std::string identity() const override {
    std::vector<std::string> identities;
    for (const NamedBackend& each : devices_) {
      const std::string identity = each.backend->identity();
      if (!identity.empty()) identities.push_back(each.device + " " + identity);
    }
    return join(identities, " + ");
  }

  // What several advise, each once.
  std::string advice(const Method& method) const override {
    std::vector<std::string> advices;
    for (const NamedBackend& each : devices_) {
      const std::string advice = each.backend->advice(method);
      if (!advice.empty() && std::ranges::find(advices, advice) == advices.end()) {
        advices.push_back(advice);
      }
    }
    return join(advices, "; ");
  }

  std::size_t auto_batch(const Model& model, const Request& request,
                         const Method& method) const override {
    const auto batches = on_each<std::size_t>(
        [&](const Backend& backend) { return backend.auto_batch(model, request, method); });
    return std::ranges::min(batches);
  }

  MemoryUse planned_memory(const Model& model, const Request& request, std::size_t max_batch,
                           const Method& method) const override {
    MemoryUse sum;
    for (const MemoryUse& use : on_each<MemoryUse>([&](const Backend& backend) {
           return backend.planned_memory(model, request, max_batch, method);
         })) {
      sum.host += use.host;
      sum.device += use.device;
    }
    return sum;
  }

  std::unique_ptr<Program> compile(const Model& model, const Request& request,
                                   std::size_t max_batch, const Method& method) override {
    auto compiled = on_each<std::unique_ptr<Program>>(
        [&](Backend& backend) { return backend.compile(model, request, max_batch, method); });
    std::vector<NamedProgram> programs;
    programs.reserve(devices_.size());
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      programs.push_back({devices_[i].device, std::move(compiled[i])});
    }
    return std::make_unique<SeveralProgram>(std::move(programs));
  }

  std::vector<StepCheck> selftest(const Model& model, const Request& request, std::size_t max_batch,
                                  const Method& method) override {
    return named(on_each<std::vector<StepCheck>>(
        [&](Backend& backend) { return backend.selftest(model, request, max_batch, method); }));
  }

  // One after the other: on their way to the host they would slow each other down.
  std::vector<StepTime> measure(const Model& model, const Request& request, std::size_t max_batch,
                                const Method& method, std::size_t repetitions) override {
    std::vector<std::vector<StepTime>> times(devices_.size());
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      times[i] = blame(devices_[i].device, [&] {
        return devices_[i].backend->measure(model, request, max_batch, method, repetitions);
      });
    }
    return named(std::move(times));
  }

 private:
  template <typename Result, typename Function>
  std::vector<Result> on_each(const Function& work) const {
    std::vector<Result> results(devices_.size());
    in_parallel(devices_.size(), [&](std::size_t i) {
      results[i] = blame(devices_[i].device, [&] { return work(*devices_[i].backend); });
    });
    return results;
  }

  // The steps of each device, the device's name before the step's.
  template <typename Report>
  std::vector<Report> named(std::vector<std::vector<Report>> reports) const {
    std::vector<Report> all;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      for (Report& report : reports[i]) {
        report.step = devices_[i].device + ": " + report.step;
        all.push_back(std::move(report));
      }
    }
    return all;
  }

  std::vector<NamedBackend> devices_;
};

}  // namespace
}  // namespace several

std::unique_ptr<Backend> join_backends(std::vector<NamedBackend> devices) {
  return std::make_unique<several::SeveralBackend>(std::move(devices));
}

}  // namespace corticast
