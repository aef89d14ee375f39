#include "tests/cuda_sim/program/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/cuda_sim/runtime/session.h"

namespace cuda_sim::program {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbout =
    "cuda-sim --profile NAME [options] -- PROGRAM [arguments]\n"
    "Runs a program on a simulated CUDA device: the PTX in its objects is executed and checked, "
    "and what it did is listed afterwards. Ends with the program's code, or 1 when the checks "
    "reported something or the program never used the device.";

constexpr const char* kLimits =
    "What it cannot show: time on a real card, the machine code that ptxas makes, the rounding "
    "order of real tensor cores and libraries, effects of weak memory between blocks, kernels that "
    "read host memory. An instruction it does not know stops the launch and is named.";

std::string known_profiles() {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(CUDA_SIM_PROFILES, error)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string profile_path(const std::string& name) {
  if (name.find('/') != std::string::npos || fs::path(name).extension() == ".json") return name;
  const fs::path path = fs::path(CUDA_SIM_PROFILES) / (name + ".json");
  if (!fs::exists(path)) {
    throw std::runtime_error("no card is named \"" + name + "\"; known: " + known_profiles() +
                             ", or give the path of a profile");
  }
  return path.string();
}

std::string module_path(const std::string& given) {
  if (!given.empty()) {
    if (!fs::exists(given)) throw std::runtime_error("there is no module " + given);
    return fs::absolute(given).string();
  }
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path() / "libcorticast_cuda_sim.so";
  return !error && fs::exists(beside) ? beside.string() : "";
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int* status) {
  Options options;
  std::string profile;
  std::string checks = "on";
  std::string non_finite = "off";
  std::string module;
  std::vector<std::pair<std::string, unsigned long>> failures = {{"allocation", 0},
                                                                 {"device-allocation", 0},
                                                                 {"pinned-allocation", 0},
                                                                 {"launch", 0},
                                                                 {"call", 0}};
  const char* const failure_help[] = {
      "The I-th allocation of device or pinned memory fails", "The I-th of device memory fails",
      "The I-th of pinned memory fails", "The I-th kernel launch fails",
      "The device is lost at the I-th call that needs it"};

  CLI::App app(kAbout, "cuda-sim");
  app.footer(kLimits);
  app.add_option("--profile", profile, "Card: " + known_profiles() + "; or a profile's path")
      ->required()
      ->type_name("NAME|FILE");
  app.add_option("--devices", options.devices, "Number of such cards")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(0, 16));
  app.add_option("--checks", checks, "Check every access of memory")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember({"on", "off"}));
  app.add_option("--non-finite", non_finite, "Count NaN and infinite results")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember({"on", "off"}));
  app.add_option("--schedule", options.schedule, "When queued work runs")
      ->capture_default_str()
      ->type_name("")
      ->check(CLI::IsMember({"late", "producers-first", "at-once"}));
  for (std::size_t i = 0; i < failures.size(); ++i) {
    app.add_option("--fail-" + failures[i].first, failures[i].second, failure_help[i])
        ->type_name("I")
        ->check(CLI::Range(1UL, 1000000000UL));
  }
  app.add_option("--json", options.json, "Keep the summary as JSON")->type_name("FILE");
  app.add_option("--module", module,
                 "Simulated CUDA module that the program loads (default: "
                 "libcorticast_cuda_sim.so beside cuda-sim)")
      ->type_name("FILE");
  app.add_option("command", options.command, "The program and its arguments")
      ->required()
      ->type_name("");
  app.positionals_at_end();

  try {
    app.parse(argc, argv);
    options.checks = checks == "on";
    options.non_finite = non_finite == "on";
    for (const auto& [name, index] : failures) {
      if (index == 0) continue;
      options.failures +=
          (options.failures.empty() ? "" : ",") + name + "=" + std::to_string(index);
    }
    options.profile = fs::absolute(profile_path(profile)).string();
    runtime::load_profile(options.profile);
    options.module = module_path(module);
    if (!options.json.empty()) options.json = fs::absolute(options.json).string();
  } catch (const CLI::ParseError& error) {
    *status = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  } catch (const std::exception& error) {
    std::cerr << "cuda-sim: " << error.what() << '\n';
    *status = 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace cuda_sim::program
