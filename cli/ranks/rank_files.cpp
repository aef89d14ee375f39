#include "cli/ranks/rank_files.h"

#include <algorithm>

#include "cli/shard_words.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

constexpr const char* kMark = ".rank-";
constexpr const char* kUnfinished = ".part";

// The number of ranks that `name` says it is of: 3 for "out.rank-0-of-3.h5" and the same with .part
// behind it. 0: no such file of `output`.
unsigned count_in(std::string name, const std::filesystem::path& output) {
  const std::string before = output.stem().string() + kMark;
  const std::string behind = output.extension().string();
  if (name.ends_with(kUnfinished)) name.resize(name.size() - std::string(kUnfinished).size());
  if (!name.starts_with(before) || !name.ends_with(behind) ||
      name.size() < before.size() + behind.size()) {
    return 0;
  }
  const std::string words = name.substr(before.size(), name.size() - before.size() - behind.size());
  const std::string between = "-of-";
  const std::size_t middle = words.find(between);
  Shard shard{0, 0};
  if (middle == std::string::npos || !parse_number(words.substr(0, middle), shard.index) ||
      !parse_number(words.substr(middle + between.size()), shard.count)) {
    return 0;
  }
  return shard.count;
}

}  // namespace

std::string rank_file(const std::string& output, const Shard& shard) {
  const std::filesystem::path path(output);
  std::filesystem::path name = path.parent_path() / path.stem();
  name += kMark;
  return name_for(name.string() + "{shard}" + path.extension().string(), &shard);
}

std::vector<std::filesystem::path> rank_files(const std::string& output, unsigned count) {
  std::vector<std::filesystem::path> files;
  files.reserve(count);
  for (unsigned rank = 0; rank < count; ++rank) files.push_back(rank_file(output, {rank, count}));
  return files;
}

std::vector<std::string> files_of_other_launches(const std::string& output, unsigned count) {
  const std::filesystem::path path(output);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::vector<std::string> found;
  std::error_code unreadable;  // then the run says so when it writes
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    const std::string name = entry.path().filename().string();
    const unsigned other = count_in(name, path);
    if (other != 0 && other != count) found.push_back((path.parent_path() / name).string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void remove_rank_files(const std::string& output, unsigned count) {
  for (std::filesystem::path file : rank_files(output, count)) {
    std::error_code stays;
    std::filesystem::remove(file, stays);
    std::filesystem::remove(file += kUnfinished, stays);
  }
}

}  // namespace corticast::cli
