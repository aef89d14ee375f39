#include "engine/atlas/vertices.h"

#include <array>
#include <cstddef>
#include <iterator>

#include "engine/base/error.h"

namespace corticast {
namespace {

#include "third_party/atlas/mmp_tables.inc"

constexpr std::int32_t total_length() {
  std::int32_t total = 0;
  for (std::size_t i = 1; i < std::size(kLabelRuns); i += 2) total += kLabelRuns[i];
  return total;
}
static_assert(total_length() == kGrayordinates);
static_assert(std::size(kAreaNames) == kAreas && std::size(kAreaGroups) == kAreas);
static_assert(2 * kAreas + std::size(kSubcorticalNames) == kLabels);

constexpr int kVisualGroups = 5;

struct Atlas {
  std::vector<std::uint16_t> label;                // [kGrayordinates]
  std::array<std::string, kLabels + 1> name;       // by label; [0] unused
  std::array<std::uint8_t, kLabels + 1> group{};   // by label; [0] unused
  std::vector<std::int32_t> removed, all, visual;  // ascending

  Atlas();
};

Atlas::Atlas() {
  label.reserve(kGrayordinates);
  for (std::size_t i = 0; i < std::size(kLabelRuns); i += 2) {
    label.insert(label.end(), kLabelRuns[i + 1], kLabelRuns[i]);
  }
  for (std::size_t area = 0; area < kAreas; ++area) {
    for (const auto& [side, base] : {std::pair{"L_", 1}, std::pair{"R_", 1 + kAreas}}) {
      name[area + base] = std::string(side).append(kAreaNames[area]);
      group[area + base] = kAreaGroups[area];
    }
  }
  for (std::size_t i = 0; i < std::size(kSubcorticalNames); ++i) {
    name[i + 2 * kAreas + 1] = kSubcorticalNames[i];
  }

  std::vector<bool> is_removed(kGrayordinates);
  for (std::size_t i = 0; i < std::size(kRemovedRuns); i += 2) {
    for (std::int32_t g = kRemovedRuns[i]; g <= kRemovedRuns[i + 1]; ++g) {
      is_removed[g] = true;
      removed.push_back(g);
    }
  }
  for (std::int32_t g = 0; g < kGrayordinates; ++g) {
    if (group[label[g]] == 0 || is_removed[g]) continue;
    all.push_back(g);
    if (group[label[g]] <= kVisualGroups) visual.push_back(g);
  }
}

const Atlas& atlas() {
  static const Atlas atlas;
  return atlas;
}

int checked_label(int label) {
  if (label >= 1 && label <= kLabels) return label;
  throw Error(ErrorCode::kInternal, "label " + std::to_string(label) + " is not in 1..379");
}

}  // namespace

std::optional<VertexSet> parse_vertex_set(std::string_view name) {
  if (name == "all") return VertexSet::kAll;
  if (name == "visual") return VertexSet::kVisual;
  return std::nullopt;
}

int last_group(VertexSet set) {
  return set == VertexSet::kAll ? kGroups : kVisualGroups;
}

const std::vector<std::int32_t>& vertex_list(VertexSet set) {
  return set == VertexSet::kAll ? atlas().all : atlas().visual;
}

const std::vector<std::int32_t>& removed() {
  return atlas().removed;
}

int label_of(std::int32_t grayordinate) {
  if (grayordinate >= 0 && grayordinate < kGrayordinates) return atlas().label[grayordinate];
  throw Error(ErrorCode::kInternal,
              "grayordinate " + std::to_string(grayordinate) + " is not in 0..91,281");
}

const std::string& label_name(int label) {
  return atlas().name[checked_label(label)];
}

int label_group(int label) {
  return atlas().group[checked_label(label)];
}

}  // namespace corticast
