#include "cli/ranks/own_gpu.h"

#include <filesystem>
#include <vector>

#include "engine/base/text.h"

namespace corticast::cli {

std::string gpu_of_process(unsigned index, const char* visible, unsigned installed) {
  if (visible == nullptr) return installed < 2 ? "" : std::to_string(index % installed);
  const std::vector<std::string> gpus = split_list(visible);
  return gpus.size() < 2 ? "" : gpus[index % gpus.size()];
}

unsigned installed_gpus() {
  unsigned count = 0;
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", unreadable)) {
    const std::string name = entry.path().filename().string();
    const std::string prefix = "nvidia";
    unsigned number = 0;
    if (name.starts_with(prefix) && parse_number(name.substr(prefix.size()), number)) ++count;
  }
  return count;
}

}  // namespace corticast::cli
