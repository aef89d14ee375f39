// Search for the plan of one convolution: cuDNN's candidates in its order of preference, filtered
// by what they do to the numbers, and by the memory they want.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/cuda/cudnn/plan_target.h"
#include "engine/backend/cuda/numerics.h"
#include "kernels/conv2d.h"

namespace corticast::cuda {

// A plan's working memory at most. What would take more is run in pieces of the batch: the layers
// that ask for so much keep the largest card busy with a few images.
inline constexpr std::uint64_t kWorkspaceCap = std::uint64_t{512} << 20;

struct ConvolutionPlan {
  std::string name;    // engine and knobs, see Descriptor::configuration_name()
  std::string notes;   // numerical notes, for people
  std::size_t images;  // of one execution; the batch, or a part of it
  std::uint64_t workspace_bytes;
  Descriptor configuration;  // what the plan was made of
  Descriptor plan;           // finalized
};

// What was met on the way to a plan.
struct Search {
  std::size_t offered =
      0;  // candidates of cuDNN for the number of images that a plan was found for
  std::size_t allowed = 0;  // of those, that keep the precision's promise
  std::size_t built = 0;    // of those, whose plan was tried and could be made
  std::uint64_t least_workspace = ~std::uint64_t{0};  // of the plans made
};

// One convolution to find plans for.
struct ConvolutionProblem {
  kernels::Conv2dShape shape;
  std::size_t images;
  Numerics numerics;

  // Bytes of an image before and after.
  std::size_t in_bytes() const;
  std::size_t out_bytes() const;
  // "fp16 convolution 8 -> 384, 9x9, 224x224, 32 images"
  std::string text() const;
};

// The first allowed candidate whose plan can be made and stays within kWorkspaceCap, tensor cores
// first where the precision has them; for the whole batch, or else for half of it, a quarter and so
// on where cuDNN's first choice wants too much for more, or else the first that fits the whole
// batch. Throws Error{kDevice} when there is none. search: what was met, also when this throws.
ConvolutionPlan choose_plan(const PlanTarget& target, const ConvolutionProblem& problem,
                            Search& search);

// The plan of that name in place of choose_plan()'s, for as many images as that one;
// choose_plan()'s own where cuDNN does not offer it, or it is not allowed, or takes more than
// kWorkspaceCap.
ConvolutionPlan named_plan(const PlanTarget& target, const ConvolutionProblem& problem,
                           const std::string& name);

// Up to `most` allowed plans for exactly problem.images within kWorkspaceCap, preferred ones first.
std::vector<ConvolutionPlan> first_plans(const PlanTarget& target,
                                         const ConvolutionProblem& problem, std::size_t most,
                                         Search& search);

}  // namespace corticast::cuda
