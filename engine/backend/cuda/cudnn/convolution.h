// Convolution + bias + ReLU on the device: one fused plan of cuDNN, chosen by what it does to the
// numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/backend/cuda/cudnn/convolution_plan.h"

namespace corticast::cuda {

class Convolution {
 public:
  // See choose_plan(). Throws Error{kDevice} when cuDNN has no plan.
  Convolution(const CudnnHandle& handle, const kernels::Conv2dShape& shape, std::size_t images,
              const Numerics& numerics);
  // With a plan for problem.images or fewer.
  Convolution(const ConvolutionProblem& problem, ConvolutionPlan plan);

  // Bytes that run() needs as workspace; the same for every run.
  std::uint64_t workspace_bytes() const { return plan_.workspace_bytes; }
  const ConvolutionPlan& plan() const { return plan_; }

  // Binds the device memory that every run() uses, 16-byte aligned, in the numerics' element; with
  // planes x [images, c, h, w], weight [o, c, k, k], bias [o], y [images, o, out_h, out_w], with
  // channels last x [images, h, w, c], weight [o, k, k, c], bias [o], y [images, out_h, out_w, o];
  // workspace of workspace_bytes().
  void bind(const void* x, const void* weight, const void* bias, void* y, void* workspace);

  // Puts the work into the stream that the handle was given. Call bind() first.
  void run(const CudnnHandle& handle) const;

 private:
  ConvolutionProblem problem_;
  ConvolutionPlan plan_;
  std::vector<Descriptor> packs_;  // the bound pointers of each piece of the batch
};

}  // namespace corticast::cuda
