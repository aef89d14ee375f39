// cuda-sim: runs a program on a simulated card.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/cuda_sim/program/child.h"
#include "tests/cuda_sim/program/options.h"
#include "tests/cuda_sim/runtime/summary_table.h"

namespace {

namespace fs = std::filesystem;
using cuda_sim::program::Options;

// Where the program leaves its summary: the wanted file, or one that is removed afterwards.
class SummaryFile {
 public:
  explicit SummaryFile(const std::string& wanted) : path_(wanted), keep_(!wanted.empty()) {
    if (keep_) {
      fs::remove(path_);  // not to show an old one when the program writes none
      return;
    }
    std::string name = (fs::temp_directory_path() / "cuda-sim-XXXXXX").string();
    const int file = mkstemp(name.data());
    if (file < 0) throw std::runtime_error("cannot create " + name);
    close(file);
    path_ = name;
  }
  ~SummaryFile() {
    std::error_code ignored;
    if (!keep_) fs::remove(path_, ignored);
  }
  SummaryFile(const SummaryFile&) = delete;
  SummaryFile& operator=(const SummaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool keep_;
};

std::vector<std::pair<std::string, std::string>> environment_of(const Options& options,
                                                                const std::string& summary) {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"CUDA_SIM_PROFILE", options.profile},
      {"CUDA_SIM_DEVICES", std::to_string(options.devices)},
      {"CUDA_SIM_CHECKS", options.checks ? "on" : "off"},
      {"CUDA_SIM_NON_FINITE", options.non_finite ? "on" : "off"},
      {"CUDA_SIM_SCHEDULE", options.schedule},
      {"CUDA_SIM_FAIL", options.failures},
      {"CUDA_SIM_REPORT", summary}};
  if (!options.module.empty()) variables.emplace_back("CORTICAST_CUDA_MODULE", options.module);
  return variables;
}

int run(const Options& options) {
  const SummaryFile summary(options.json);
  const int code =
      cuda_sim::program::run_child(options.command, environment_of(options, summary.path()));
  std::ifstream file(summary.path(), std::ios::binary);
  const nlohmann::json found = nlohmann::json::parse(file, nullptr, false);
  if (found.is_discarded()) {
    std::cerr << "cuda-sim: the program left no summary: it never called the simulated CUDA "
                 "runtime, or did not end by exit\n";
    if (options.module.empty()) {
      std::cerr << "cuda-sim: no simulated module was found beside cuda-sim; name one with "
                   "--module\n";
    }
    return code == 0 ? 1 : code;  // nothing was checked, which is no success
  }
  // On stderr, so that the program's results on stdout stay what they are.
  std::cerr << '\n';
  cuda_sim::runtime::print_summary_table(found, std::cerr);
  return code == 0 && !found.at("reports").empty() ? 1 : code;
}

}  // namespace

int main(int argc, char** argv) {
  int status = 0;
  const std::optional<Options> options = cuda_sim::program::parse_options(argc, argv, &status);
  if (!options) return status;
  try {
    return run(*options);
  } catch (const std::exception& error) {
    std::cerr << "cuda-sim: " << error.what() << '\n';
    return 2;
  }
}
