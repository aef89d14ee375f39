#include "engine/backend/trust.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/backend/comparison.h"
#include "engine/backend/cuda_module.h"
#include "engine/base/cache_folder.h"
#include "engine/base/digest.h"

namespace corticast {
namespace {

constexpr const char* kPrefix = "selftest-";
constexpr std::size_t kTrialRows = 512;
constexpr std::size_t kTrialImages = 32;

// What a remembered selftest is about; equal text, equal file.
nlohmann::json subject_of(const std::string& identity, int channels, const Method& method) {
  nlohmann::json subject = {{"identity", identity},
                            {"precision", to_string(method.precision)},
                            {"readout", to_string(method.readout)},
                            {"tune", method.tune},
                            {"channels", channels}};
  if (method.input == InputKind::kNormalised) subject["normalised"] = true;
  return subject;
}

std::string file_of(const nlohmann::json& subject) {
  return kPrefix + sha256_hex(as_byte_span(subject.dump())).substr(0, 16) + ".json";
}

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

// Nothing unless the file is a whole record.
std::optional<nlohmann::json> read_record(const std::string& name) {
  const std::optional<std::string> text = read_cached(name);
  if (!text) return std::nullopt;
  nlohmann::json record = nlohmann::json::parse(*text, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  for (const char* key : {"identity", "precision", "readout", "passed"}) {
    if (!record.contains(key) || !record[key].is_string()) return std::nullopt;
  }
  if (!record.contains("tune") || !record["tune"].is_boolean()) return std::nullopt;
  if (!record.contains("channels") || !record["channels"].is_number_integer()) return std::nullopt;
  return record;
}

std::string scientific(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1e", value);
  return text.data();
}

// Times over what is allowed; not a number is worse than any.
double excess(const StepCheck& check) {
  const double over = std::max(check.rms_error / check.bound, check.max_error / (16 * check.bound));
  return std::isfinite(check.rms_error) && std::isfinite(check.max_error)
             ? over
             : std::numeric_limits<double>::infinity();
}

bool has_cuda_device() {
  try {
    return !cuda_devices().empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

ChosenDevice choose_device(const DeviceOptions& options) {
  if (options.device != "auto") return {open_backend(options), false, {}, false};
  try {
    return {open_backend({"cuda", options.threads}), true, {}, false};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kDevice) throw;
    return {open_backend({"cpu", options.threads}), false, error.what(), has_cuda_device()};
  }
}

std::vector<PassedSelftest> passed_selftests(const std::string& identity) {
  std::vector<PassedSelftest> passed;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(cache_folder(), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const auto record = read_record(name);
    if (!record || (*record)["identity"] != identity) continue;
    passed.push_back({(*record)["precision"], (*record)["readout"], (*record)["tune"],
                      record->contains("normalised"), (*record)["channels"], (*record)["passed"]});
  }
  std::ranges::sort(passed, {}, &PassedSelftest::when);
  return passed;
}

Trust trust_in(const Backend& backend, const ModelInfo& model, const Method& method) {
  const std::string identity = backend.identity();
  if (identity.empty()) return Trust::kNeedsNone;
  const nlohmann::json subject = subject_of(identity, model.channels, method);
  auto record = read_record(file_of(subject));
  if (!record) return Trust::kNotChecked;
  record->erase("passed");
  return *record == subject ? Trust::kPassed : Trust::kNotChecked;
}

Request trial_of(const Request& request) {
  Request trial;
  trial.targets = {request.targets.front()};
  trial.columns = request.columns;
  for (const std::size_t i : sample_indices(request.rows.size(), kTrialRows)) {
    trial.rows.push_back(request.rows[i]);
    if (!request.positions.empty()) trial.positions.push_back(request.positions[i]);
  }
  if (request.positions.empty()) trial.columns = static_cast<std::uint32_t>(trial.rows.size());
  return trial;
}

void check_before_use(Backend& backend, const Model& model, const Request& request,
                      std::size_t max_batch, const Method& method) {
  const std::vector<StepCheck> checks =
      backend.selftest(model, trial_of(request), std::min(max_batch, kTrialImages), method);
  const std::string failure = worst_failure(checks);
  if (!failure.empty()) {
    throw Error(
        ErrorCode::kDevice,
        backend.name() + " failed its selftest in " + to_string(method.precision) + ": " + failure,
        "'corticast selftest' shows every step. Update driver and cuDNN, or use --device "
        "cpu.");
  }
  const nlohmann::json subject = subject_of(backend.identity(), model.info().channels, method);
  nlohmann::json record = subject;
  record["passed"] = now();
  write_cached(file_of(subject), record.dump(1) + "\n");
}

std::string worst_failure(const std::vector<StepCheck>& checks) {
  const StepCheck* worst = nullptr;
  std::size_t failed = 0;
  for (const StepCheck& check : checks) {
    if (check.passed()) continue;
    ++failed;
    if (worst == nullptr || excess(check) > excess(*worst)) worst = &check;
  }
  if (worst == nullptr) return {};
  std::string text = worst->step + " differs from the reference by " +
                     scientific(worst->rms_error) + " of its rms, " + scientific(worst->bound) +
                     " allowed, at most by " + scientific(worst->max_error) +
                     " of its largest value";
  if (failed > 1) {
    text += " (and " + std::to_string(failed - 1) + (failed == 2 ? " step more)" : " steps more)");
  }
  return text;
}

}  // namespace corticast
