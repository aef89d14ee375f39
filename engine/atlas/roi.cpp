#include "engine/atlas/roi.h"

#include <map>

#include "engine/atlas/vertices.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::string_view kGroupPrefix = "GlasserGroup_";

struct Directory {
  std::map<std::string, std::vector<int>, std::less<>> one_side, any;
  std::vector<std::string> one_side_names, any_names;  // in label order, then bare names, groups

  Directory();
};

Directory::Directory() {
  for (int label = 1; label <= 2 * kAreas; ++label) {
    one_side[label_name(label)] = {label};
    one_side_names.push_back(label_name(label));
  }
  any = one_side;
  any_names = one_side_names;
  for (int label = 1; label <= kAreas; ++label) {
    any_names.push_back(label_name(label).substr(2));
    any[any_names.back()] = {label, label + kAreas};
  }
  for (int group = 1; group <= kGroups; ++group) {
    any_names.push_back(group_name(group));
    for (int label = 1; label <= 2 * kAreas; ++label) {
      if (label_group(label) == group) any[any_names.back()].push_back(label);
    }
  }
}

const Directory& directory() {
  static const Directory directory;
  return directory;
}

}  // namespace

std::vector<Area> areas(std::span<const std::int32_t> vertices) {
  std::vector<Area> table(2 * kAreas);
  for (int label = 1; label <= 2 * kAreas; ++label) {
    Area& area = table[label - 1];
    area.label = label;
    area.name = label_name(label);
    area.side = area.name[0];
    area.group = label_group(label);
  }
  for (std::int32_t g = 0; g < kCortex; ++g) ++table[label_of(g) - 1].before;
  for (const std::int32_t g : vertices) {
    if (const int label = label_of(g); label <= 2 * kAreas) ++table[label - 1].after;
  }
  return table;
}

const std::vector<int>& labels_named(std::string_view name, RoiNames accepted) {
  static const std::vector<int> kUnknown;
  const auto& names = accepted == RoiNames::kAny ? directory().any : directory().one_side;
  const auto found = names.find(name);
  return found == names.end() ? kUnknown : found->second;
}

std::string group_name(int group) {
  return std::string(kGroupPrefix) + std::to_string(group);
}

int group_named(std::string_view name) {
  if (!name.starts_with(kGroupPrefix) || labels_named(name, RoiNames::kAny).empty()) return 0;
  unsigned group = 0;
  parse_number(name.substr(kGroupPrefix.size()), group);
  return static_cast<int>(group);
}

std::string suggest_roi(std::string_view name, RoiNames accepted) {
  return nearest(name,
                 accepted == RoiNames::kAny ? directory().any_names : directory().one_side_names);
}

}  // namespace corticast
