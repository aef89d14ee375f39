// What the names of MOSAIC's published checkpoints say:
//   model-CNN8_framework-<F>_subjects-<S>_vertices-<V>.pth
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/model/subject.h"

namespace corticast::weights {

struct PublishedName {
  bool multihead = true;
  std::string subjects;            // "NSD", "all", "sub-01_NSD"
  std::string vertices;            // "all", "visual"
  std::optional<Subject> subject;  // where `subjects` names one

  // As the published tools spell it: fmri-mosaic-CNN8_multihead_subNSD_verticesAll.
  std::string model_id() const;
};

// "all" for 57,051 vertices, "visual" for 7,831, "none" for any other count.
std::string vertex_set_for(std::uint32_t vertices);

// nullopt for any other file name.
std::optional<PublishedName> parse_published_name(const std::filesystem::path& path);

}  // namespace corticast::weights
