// What a benchmark runs on: a model, the request, images.
#pragma once

#include <memory>
#include <string>

#include "bench/flags.h"
#include "bench/scratch.h"
#include "engine/atlas/request.h"
#include "engine/image/source.h"
#include "engine/model/model.h"

namespace corticast::bench {

// Made once, then only read. Synthetic parts lie in `scratch`.
class Workload {
 public:
  // Throws Error{kUsage} for flags that make no sense, and what opening a model, resolving a
  // request and listing images throw.
  Workload(const Flags& flags, const Scratch& scratch);

  const Model& model() const { return model_; }
  const Request& request() const { return request_; }
  const ImageSource& images() const { return images_; }
  // "synthetic, 384 channels, 57,051 vertices, 1 subject, 57,051 columns written"
  std::string describe_model() const;
  // "16 generated JPEGs of 500 x 375"
  std::string describe_images() const;

 private:
  bool synthetic_;
  bool generated_;
  Model model_;
  Request request_;
  ImageSource images_;
};

}  // namespace corticast::bench
