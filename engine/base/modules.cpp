#include "engine/base/modules.h"

#include <dlfcn.h>

#include <algorithm>

namespace corticast {
namespace {

std::filesystem::path folder_of_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

// Empty where the system does not say: a bare name is one that was typed, not a place.
std::filesystem::path folder_of_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&module_places), &info) == 0) return {};
  const std::filesystem::path file = info.dli_fname == nullptr ? "" : info.dli_fname;
  if (!file.has_parent_path()) return {};
  std::error_code ignored;
  return std::filesystem::absolute(file, ignored).parent_path();
}

}  // namespace

std::vector<std::filesystem::path> module_places(const std::string& file) {
  const std::filesystem::path program = folder_of_program();
  const std::filesystem::path library = folder_of_library();
  std::vector<std::filesystem::path> places;
  const auto add = [&](const std::filesystem::path& folder) {
    const std::filesystem::path place = (folder / file).lexically_normal();
    if (std::ranges::find(places, place) == places.end()) places.push_back(place);
  };
  if (!program.empty()) {
    add(program);
    add(program / CORTICAST_MODULES_FROM_PROGRAM);
  }
  if (!library.empty()) {
    add(library);
    add(library / "corticast");
  }
  return places;
}

}  // namespace corticast
