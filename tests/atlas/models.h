// Headers of models as the atlas room sees them: no weights, no file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/atlas/vertices.h"
#include "engine/model/model.h"

namespace corticast::test {

inline ModelInfo model_of(const std::string& vertex_set, const std::vector<std::string>& subjects) {
  ModelInfo info;
  info.vertex_set = vertex_set;
  if (const auto set = parse_vertex_set(vertex_set)) info.grayordinates = vertex_list(*set);
  info.vertices = static_cast<std::uint32_t>(info.grayordinates.size());
  for (const std::string& name : subjects) info.subjects.push_back(parse_subject(name).value());
  return info;
}

// The published NSD model: eight subjects, 57,051 vertices.
inline ModelInfo nsd_model(const std::string& vertex_set = "all") {
  return model_of(vertex_set,
                  {"NSD-01", "NSD-02", "NSD-03", "NSD-04", "NSD-05", "NSD-06", "NSD-07", "NSD-08"});
}

inline ModelInfo model_without_atlas(std::uint32_t vertices) {
  ModelInfo info = model_of("none", {"BOLD5000-01", "THINGS-03"});
  info.vertices = vertices;
  return info;
}

inline ModelInfo singlehead_model(const std::vector<std::string>& subject) {
  ModelInfo info = model_of("visual", subject);
  info.multihead = false;
  return info;
}

}  // namespace corticast::test
