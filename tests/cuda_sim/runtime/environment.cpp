#include "tests/cuda_sim/runtime/environment.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/cuda_sim/runtime/profile.h"

namespace cuda_sim::runtime {
namespace {

std::string value_of(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

[[noreturn]] void stop(const std::string& message) {
  std::fprintf(stderr, "simulated CUDA device: %s\n", message.c_str());
  std::_Exit(2);
}

bool switched_on(const char* name, bool otherwise) {
  const std::string value = value_of(name);
  if (value.empty()) return otherwise;
  if (value != "on" && value != "off") {
    stop(std::string(name) + " is \"" + value + "\", expected on or off");
  }
  return value == "on";
}

std::string report_path;

void write_report() {
  std::ofstream file(report_path, std::ios::binary);
  if (!(file << summary_json() << '\n') || !file.flush()) {
    std::fprintf(stderr, "simulated CUDA device: cannot write %s\n", report_path.c_str());
  }
}

}  // namespace

Setup setup_from_environment() {
  Setup setup;
  const std::string path = value_of("CUDA_SIM_PROFILE");
  if (path.empty()) {
    setup.devices = 0;
    return setup;
  }
  try {
    setup.profile = load_profile(path);
  } catch (const std::exception& error) {
    stop(error.what());
  }
  const std::string devices = value_of("CUDA_SIM_DEVICES");
  if (!devices.empty()) {
    char* end = nullptr;
    const unsigned long count = std::strtoul(devices.c_str(), &end, 10);
    if (*end != '\0' || devices[0] == '-' || count > 16) {
      stop("CUDA_SIM_DEVICES is \"" + devices + "\", expected 0 to 16");
    }
    setup.devices = static_cast<std::uint32_t>(count);
  }
  setup.checks.enabled = switched_on("CUDA_SIM_CHECKS", true);
  setup.checks.non_finite = switched_on("CUDA_SIM_NON_FINITE", false);
  const std::string schedule = value_of("CUDA_SIM_SCHEDULE");
  if (schedule == "producers-first") {
    setup.schedule = Schedule::kProducersFirst;
  } else if (schedule == "at-once") {
    setup.schedule = Schedule::kAtOnce;
  } else if (!schedule.empty() && schedule != "late") {
    stop("CUDA_SIM_SCHEDULE is \"" + schedule + "\", expected late, producers-first or at-once");
  }
  return setup;
}

std::vector<Failure> failures_from_environment() {
  try {
    return parse_failures(value_of("CUDA_SIM_FAIL"));
  } catch (const std::exception& error) {
    stop(std::string("CUDA_SIM_FAIL: ") + error.what());
  }
}

void report_at_exit() {
  report_path = value_of("CUDA_SIM_REPORT");
  if (!report_path.empty()) std::atexit(write_report);
}

}  // namespace cuda_sim::runtime
