#include "engine/base/cache_folder.h"

#include <cstdlib>
#include <vector>

#include "engine/base/file.h"

namespace corticast {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20;

std::filesystem::path from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path cache_folder() {
  std::filesystem::path own = from_environment("CORTICAST_CACHE");
  if (!own.empty()) return own;
  const std::filesystem::path shared = from_environment("XDG_CACHE_HOME");
  if (shared.is_absolute()) return shared / "corticast";
  const std::filesystem::path home = from_environment("HOME");
  return home.empty() ? home : home / ".cache" / "corticast";
}

std::optional<std::string> read_cached(const std::string& name) {
  const std::filesystem::path folder = cache_folder();
  if (folder.empty()) return std::nullopt;
  try {
    const std::vector<std::byte> bytes = read_file(folder / name, kMostBytes, ErrorCode::kInternal);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool write_cached(const std::string& name, std::string_view text) {
  const std::filesystem::path folder = cache_folder();
  if (folder.empty()) return false;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return false;
  try {
    PendingFile file(folder / name);
    file.write(text.data(), text.size());
    file.commit();
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace corticast
