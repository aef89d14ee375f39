#include "tests/cuda_sim/tests/runtime/played.h"

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {

void play(const std::string& card, std::uint32_t devices, runtime::Schedule schedule) {
  runtime::Setup setup;
  setup.profile = runtime::load_profile(std::string(CORTICAST_TEST_DATA) + "/device_profiles/" +
                                        card + ".json");
  setup.devices = devices;
  setup.schedule = schedule;
  runtime::reset(setup);
  static_cast<void>(cudaGetLastError());
}

void must(cudaError_t code) {
  INFO(cudaGetErrorString(code));
  REQUIRE(code == cudaSuccess);
}

std::vector<std::string> report_lines() {
  std::vector<std::string> lines;
  for (const Report& report : runtime::reports()) lines.push_back(to_string(report));
  return lines;
}

void check_one_report(const std::string& text) {
  const std::vector<std::string> lines = report_lines();
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  INFO("reports:\n" << all << "expected one with: " << text);
  CHECK(lines.size() == 1);
  CHECK(all.find(text) != std::string::npos);
}

void check_no_report() {
  for (const std::string& line : report_lines()) FAIL_CHECK(line);
}

}  // namespace cuda_sim::test
