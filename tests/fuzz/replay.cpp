// Runs one target over every file of a folder: what fuzzing has found stays fixed, and what it has
// learnt is tried by every compiler. usage: test_fuzz TARGET FOLDER
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/base/file.h"

#define CORTICAST_TARGET(name) extern "C" int fuzz_##name(const std::uint8_t*, std::size_t);
CORTICAST_TARGETS
#undef CORTICAST_TARGET

namespace {

struct Target {
  std::string_view name;
  int (*run)(const std::uint8_t*, std::size_t);
};

constexpr Target kTargets[] = {
#define CORTICAST_TARGET(name) {#name, fuzz_##name},
    CORTICAST_TARGETS
#undef CORTICAST_TARGET
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc == 3 ? argv[1] : "";
  const auto* target = std::find_if(std::begin(kTargets), std::end(kTargets),
                                    [&](const Target& known) { return known.name == wanted; });
  if (target == std::end(kTargets)) {
    std::fprintf(stderr, "usage: test_fuzz TARGET FOLDER\n");
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  using Clock = std::chrono::steady_clock;
  double slowest = 0;
  for (const auto& file : files) {
    const std::vector<std::byte> bytes =
        corticast::read_file(file, 64u << 20, corticast::ErrorCode::kUsage);
    std::printf("%s\r", file.filename().c_str());  // what stands here when one ends the process
    std::fflush(stdout);
    const auto begin = Clock::now();
    target->run(static_cast<const std::uint8_t*>(static_cast<const void*>(bytes.data())),
                bytes.size());
    slowest = std::max(slowest, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::printf("%s: %zu inputs, slowest %.3f s\n", argv[1], files.size(), slowest);
  return files.empty() ? 1 : 0;
}
