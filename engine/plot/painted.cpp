#include "engine/plot/painted.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::size_t kMesh = static_cast<std::size_t>(kMeshVertices);
constexpr float kGyrus = 0.84F, kSulcus = 0.62F, kPlain = 0.76F;

// Labels whose borders are drawn; negative ones stand for whole groups.
struct Wanted {
  std::set<int> labels;
  bool groups = false;
};

Wanted wanted_areas(const std::string& outlines, const std::array<Painted, 2>& painted) {
  Wanted wanted;
  if (outlines == "none") return wanted;
  if (outlines == "all" || outlines == "groups") {
    for (int label = 1; label <= 2 * kAreas; ++label) wanted.labels.insert(label);
    wanted.groups = outlines == "groups";
    return wanted;
  }
  if (outlines == "auto") {
    for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
      const std::vector<int> labels = mesh_labels(side);
      const std::vector<float>& values = painted[static_cast<std::size_t>(side)].values;
      for (std::size_t v = 0; v < kMesh; ++v) {
        if (labels[v] > 0 && std::isfinite(values[v])) wanted.labels.insert(labels[v]);
      }
    }
    return wanted;
  }
  for (const std::string& name : split_list(outlines)) {
    const std::vector<int>& labels = labels_named(name, RoiNames::kAny);
    if (labels.empty()) {
      const std::string near = suggest_roi(name, RoiNames::kAny);
      throw Error(ErrorCode::kUsage, "--outlines: no area '" + name + "'",
                  near.empty() ? "auto, all, groups, none, or names: `corticast rois` lists them."
                               : "Did you mean " + near + "?");
    }
    wanted.labels.insert(labels.begin(), labels.end());
  }
  return wanted;
}

float grey_of(float sulc) {
  const float depth = std::clamp((sulc + 0.4F) / 0.8F, 0.0F, 1.0F);
  const float smooth = depth * depth * (3 - 2 * depth);
  return kSulcus + (kGyrus - kSulcus) * smooth;
}

}  // namespace

std::vector<int> mesh_labels(Hemisphere hemisphere) {
  std::vector<int> labels(kMesh, 0);
  const std::vector<std::int32_t>& vertices = mesh_vertices(hemisphere);
  std::int32_t grayordinate = hemisphere == Hemisphere::kLeft ? 0 : kLeftCortex;
  for (const std::int32_t vertex : vertices) {
    labels[static_cast<std::size_t>(vertex)] = label_of(grayordinate++);
  }
  return labels;
}

std::array<Painted, 2> paint(const std::vector<std::int32_t>& grayordinates,
                             std::span<const float> values, const SurfaceSet& surfaces,
                             const std::string& outlines) {
  std::array<Painted, 2> painted;
  for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
    Painted& own = painted[static_cast<std::size_t>(side)];
    own.values.resize(kMesh);
    to_mesh(side, grayordinates, values, std::numeric_limits<float>::quiet_NaN(),
            own.values.data());
    const std::vector<float>& sulc = surfaces.sulc(side);
    own.greys.assign(kMesh, kPlain);
    for (std::size_t v = 0; v < sulc.size(); ++v) own.greys[v] = grey_of(sulc[v]);
  }
  const Wanted wanted = wanted_areas(outlines, painted);
  for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
    Painted& own = painted[static_cast<std::size_t>(side)];
    own.outlined = mesh_labels(side);
    for (int& label : own.outlined) {
      if (label == 0 || !wanted.labels.contains(label)) {
        label = 0;
      } else if (wanted.groups) {
        label = label_group(label);
      }
    }
  }
  return painted;
}

}  // namespace corticast
