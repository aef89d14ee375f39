#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/selftest_work.h"
#include "cli/words.h"
#include "engine/backend/check/response_differences.h"
#include "engine/backend/noise.h"
#include "engine/backend/trust.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAll = "all";
constexpr Precision kPrecisions[] = {Precision::kFp32, Precision::kFp32Strict, Precision::kTf32,
                                     Precision::kFp16, Precision::kBf16};

std::string multiple_of_8(const std::string& text) {
  unsigned value = 0;
  const bool good = parse_number(text, value) && value >= 8 && value <= 4096 && value % 8 == 0;
  return good ? "" : "'" + text + "' is not a multiple of 8 from 8 to 4096";
}

std::string word_for(bool passed) {
  return passed ? "ok" : "FAILED";
}

struct Flags {
  DeviceOptions device;
  std::string precision = kAll;
  std::string model;
  unsigned channels = 384;
  unsigned vertices = 1000;
  unsigned batch = 0;
  bool json = false;
};

// One batch of noise and what a program answers to it.
class Answers {
 public:
  Answers(Backend& backend, const SelftestWork& work, std::size_t batch, const Method& method)
      : program_(backend.compile(work.model(), work.request(), batch, method)) {
    fill_with_noise(program_->input(0), batch * kImageBytes);
    program_->submit(0, batch);
    responses_ = program_->wait(0);
  }
  const Responses& get() const { return responses_; }

 private:
  std::unique_ptr<Program> program_;
  Responses responses_;
};

std::string table_row(const std::string& step, const std::string& rest) {
  constexpr std::size_t kWidth = 62;
  return step + std::string(step.size() < kWidth ? kWidth - step.size() : 1, ' ') + rest + "\n";
}

std::string table_row(const StepCheck& check) {
  std::array<char, 64> numbers{};
  std::snprintf(numbers.data(), numbers.size(), "%8zu %9.1e %9.1e %9.1e  ", check.values,
                check.rms_error, check.max_error, check.bound);
  return table_row(printable(check.step), numbers.data() + word_for(check.passed()));
}

ordered_json json_of(const Method& method, const StepCheck& check) {
  return {{"precision", to_string(method.precision)},
          {"readout", to_string(method.readout)},
          {"step", check.step},
          {"values", check.values},
          {"rms_error", check.rms_error},
          {"max_error", check.max_error},
          {"bound", check.bound},
          {"passed", check.passed()}};
}

class Selftest {
 public:
  Selftest(const Flags& flags, Backend& backend)
      : flags_(flags),
        backend_(backend),
        work_(flags.model, static_cast<int>(flags.channels), flags.vertices) {}

  // Returns the exit code.
  int run() {
    say(printable(backend_.name()) + "\n" + work_.describe() + "\n");
    for (const Precision precision : precisions()) check(precision);
    if (flags_.json) std::cout << json_.dump() << "\n";
    say((failed_ == 0
             ? "\nall " + grouped(compared_) + " comparisons passed"
             : "\n" + grouped(failed_) + " of " + grouped(compared_) + " comparisons FAILED") +
        (left_out_ == 0 ? "" : ", " + grouped(left_out_) + " left out, see above") + "\n");
    return failed_ == 0 ? 0 : static_cast<int>(ErrorCode::kDifference);
  }

 private:
  std::vector<Precision> precisions() const {
    if (flags_.precision == kAll) return {std::begin(kPrecisions), std::end(kPrecisions)};
    std::vector<Precision> chosen;
    for (const std::string& item : split_list(flags_.precision)) {
      chosen.push_back(parse_precision(item));
    }
    if (chosen.empty()) throw Error(ErrorCode::kUsage, "--precision names no precision");
    return chosen;
  }

  // With both readouts, where the device has two.
  void check(Precision precision) {
    Method fused = precision;
    fused.readout = ReadoutMethod::kFused;
    // A precision that was asked for by name must be there, and so must the one all devices have.
    if (flags_.precision == kAll && precision != Precision::kFp32 && lacks(fused)) return;
    std::set<std::string> shown;
    check(fused, shown);
    Method gemm = precision;
    gemm.readout = ReadoutMethod::kGemm;
    if (lacks(gemm)) return;
    check(gemm, shown);
    compare(fused, gemm);
  }

  // Planning takes no memory of the device and runs nothing, so what it refuses is lacking, not
  // broken: a format, a plan, a library.
  bool lacks(const Method& method) {
    try {
      backend_.planned_memory(work_.model(), work_.request(), 1, method);
      return false;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kDevice) throw;
      ++left_out_;
      say("\nleft out: " + printable(error.what()) + "\n");
      return true;
    }
  }

  std::size_t batch(const Method& method) const {
    return flags_.batch != 0 ? flags_.batch
                             : backend_.auto_batch(work_.model(), work_.request(), method);
  }

  // Lists the steps that are not in `shown` yet, and those that failed.
  void check(const Method& method, std::set<std::string>& shown) {
    const std::size_t images = batch(method);
    const auto checks = backend_.selftest(work_.model(), work_.request(), images, method);
    say("\n" + table_row(to_string(method.precision) + ", readout " + to_string(method.readout) +
                             ", batches of " + std::to_string(images),
                         "  values rms error   largest   allowed"));
    for (const StepCheck& check : checks) {
      if (!shown.insert(check.step).second && check.passed()) continue;
      count(check.passed());
      json_.push_back(json_of(method, check));
      say(table_row(check));
    }
  }

  void compare(const Method& fused, const Method& gemm) {
    const std::size_t images = batch(fused);
    const Answers one(backend_, work_, images, fused);
    const Answers other(backend_, work_, images, gemm);
    ResponseDifferences differences(work_.request());
    differences.add(other.get(), one.get());
    const double allowed = allowed_difference(fused.precision);
    const bool agree = differences.within(allowed);
    count(agree);
    say("readout gemm against fused: " + word_for(agree) + "\n");
    for (const std::string& line : differences.lines(allowed)) say("  " + line + "\n");
    if (!agree)
      json_.push_back({{"precision", to_string(gemm.precision)},
                       {"readout", "gemm"},
                       {"step", "gemm against fused"},
                       {"passed", false}});
  }

  void count(bool passed) {
    ++compared_;
    if (!passed) ++failed_;
  }

  // The table is the result; beside JSON it would only be in the way.
  void say(const std::string& text) const {
    (flags_.json ? std::cerr : std::cout) << text << std::flush;
  }

  const Flags& flags_;
  Backend& backend_;
  SelftestWork work_;
  std::size_t compared_ = 0;
  std::size_t failed_ = 0;
  std::size_t left_out_ = 0;
  ordered_json json_ = ordered_json::array();
};

}  // namespace

void add_selftest(CLI::App& app) {
  add_command(
      app, "selftest", "Check every step of a device against plain arithmetic",
      [](CLI::App& command) -> Body {
        auto flags = std::make_shared<Flags>();
        command
            .add_option("--device", flags->device.device,
                        "auto (a GPU if there is one, else cpu), cpu, cuda, cuda:N, cuda:all")
            ->capture_default_str();
        command
            .add_option("--precision", flags->precision,
                        "Comma-separated, or all that the device has")
            ->capture_default_str();
        command.add_option("-m,--model", flags->model,
                           "Model file (default: random weights, made for the occasion)");
        command.add_option("--channels", flags->channels, "Width of the random model")
            ->check(CLI::Validator([](const std::string& text) { return multiple_of_8(text); }, ""))
            ->capture_default_str();
        command.add_option("--vertices", flags->vertices, "Rows of the readout to compute")
            ->check(CLI::Range(1u, 100'000u).description(""))
            ->capture_default_str();
        command
            .add_option("--batch", flags->batch,
                        "Images computed together (default: as encode would)")
            ->check(CLI::Range(1u, 65'535u).description(""));
        command.add_option("--threads", flags->device.threads, "CPU threads")
            ->check(CLI::Range(1u, 4096u).description(""));
        command.add_flag("--json", flags->json, "One JSON array; the table goes to stderr");
        command.footer(
            "Each step runs on noise; a sample of its outputs is compared with sums in double\n"
            "precision of what the step was given. Columns: values compared, root of their mean\n"
            "squared error over that of the values, largest error over the largest value, and\n"
            "what the first may be (the second 16 times that). Exit code 7: a step failed.");
        return [flags] {
          const ChosenDevice device = choose_device(flags->device);
          return Selftest(*flags, *device.backend).run();
        };
      });
}

}  // namespace corticast::cli
