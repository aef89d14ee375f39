// One subject's readout as matrix products of cuBLAS and a reduction: for every stretch of rows one
// batched product over the images, z[n] = S[stretch] x[n], then y = b + sum over channels of F z.
// Stretches are so short that z stays in the device's L2 between the two.
#pragma once

#include <string>

#include "engine/backend/cuda/cublas/handle.h"
#include "engine/backend/cuda/steps/readout_operands.h"

namespace corticast::cuda {

// Rows of a stretch: as many as let z, [images, stretch, channels] float32, fill half of the L2, in
// multiples of 64 and at least 64; `rows` where there are fewer. All stretches have this length
// (the last one reaches back over rows already done): cuBLAS chooses its kernel by the shape, so
// all rows are summed in one way, and in any selection of at least a stretch. In a smaller one
// cuBLAS may round differently.
std::size_t gemm_readout_stretch(std::size_t images, std::size_t rows, int channels,
                                 std::size_t l2_bytes);

// Bytes of z, which readouts that run one after the other may share.
std::uint64_t gemm_readout_scratch_bytes(std::size_t images, std::size_t rows, int channels,
                                         std::size_t l2_bytes);

class GemmReadoutStep final : public Step {
 public:
  // handle: must outlive the step and be bound to the stream that batches run in. subject: for
  // people. z: gemm_readout_scratch_bytes() of device memory. Throws Error{kDevice} where channels
  // are not a multiple of 8.
  GemmReadoutStep(const CublasHandle& handle, std::string subject, std::size_t l2_bytes,
                  const ReadoutOperands& operands, const ReadoutResult& result, float* z);

  std::string name() const override;
  Work work() const override { return operands_.work(); }
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  void multiply(std::size_t first_row) const;

  const CublasHandle& handle_;
  std::string subject_;
  ReadoutOperands operands_;
  ReadoutResult result_;
  std::size_t stretch_;
  float* z_;
};

}  // namespace corticast::cuda
