// From what a user asked for to a Request.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/model/model.h"

namespace corticast {

// The flags of `corticast encode` that say what to compute, as typed.
struct RequestSpec {
  std::string subjects = "all";
  std::vector<std::string> roi;  // items may hold commas
  std::string groups;            // "1-5,9"
  std::string vertex_mask_path;
  std::vector<std::uint32_t> vertices =
      {};                              // columns of the model, any order; only of a program's own
  bool expand = false;                 // 91,282 columns, one per grayordinate
  std::string min_noise_ceiling = {};  // "test_n-avg:0.2" (noise_ceiling.h); "": any
  std::string reduce;  // "roi-mean", "group-mean" or a matrix (matrix_file.h); "": vertices
};

// Throws Error{kUsage} for an unknown or absent subject, ROI or group, a bad mask, an empty
// selection, an atlas flag on a model without atlas, a matrix that does not fit, or flags that
// contradict each other; Error{kModel} for a model whose vertex list is not one.
Request resolve_request(const Model& model, const RequestSpec& spec);
// Without min_noise_ceiling, which needs more than the facts of the header.
Request resolve_request(const ModelInfo& info, const RequestSpec& spec);

}  // namespace corticast
