#include "engine/backend/cuda/steps/gemm_readout_step.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/backend/cuda/check.h"

namespace corticast::cuda {
namespace {

using kernels::cuda::Element;

constexpr std::size_t kRowsAtATime = 64;

struct Arithmetic {
  cudaDataType type;
  cublasComputeType_t compute;
};

Arithmetic arithmetic_of(const Numerics& numerics) {
  switch (numerics.element) {
    case Element::kFloat16:
      return {CUDA_R_16F, CUBLAS_COMPUTE_32F};
    case Element::kBfloat16:
      return {CUDA_R_16BF, CUBLAS_COMPUTE_32F};
    case Element::kFloat32:
      break;
  }
  // Pedantic: no setting from outside may lower the precision.
  return {CUDA_R_32F,
          numerics.tensor_cores() ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F_PEDANTIC};
}

const std::byte* advance(const void* from, std::size_t elements, const Numerics& numerics) {
  return static_cast<const std::byte*>(from) + elements * numerics.bytes();
}

}  // namespace

std::size_t gemm_readout_stretch(std::size_t images, std::size_t rows, int channels,
                                 std::size_t l2_bytes) {
  const std::size_t row_bytes = images * static_cast<std::size_t>(channels) * sizeof(float);
  const std::size_t fitting = l2_bytes / 2 / row_bytes / kRowsAtATime * kRowsAtATime;
  return std::min(rows, std::max(kRowsAtATime, fitting));
}

std::uint64_t gemm_readout_scratch_bytes(std::size_t images, std::size_t rows, int channels,
                                         std::size_t l2_bytes) {
  return std::uint64_t{images} * gemm_readout_stretch(images, rows, channels, l2_bytes) *
         static_cast<std::uint64_t>(channels) * sizeof(float);
}

GemmReadoutStep::GemmReadoutStep(const CublasHandle& handle, std::string subject,
                                 std::size_t l2_bytes, const ReadoutOperands& operands,
                                 const ReadoutResult& result, float* z)
    : handle_(handle),
      subject_(std::move(subject)),
      operands_(operands),
      result_(result),
      stretch_(gemm_readout_stretch(operands.images, operands.rows, operands.channels, l2_bytes)),
      z_(z) {
  if (operands_.channels % 8 == 0) return;
  throw Error(
      ErrorCode::kDevice,
      "readout gemm needs channels in eights, this model has " + std::to_string(operands_.channels),
      "Use --readout fused.");
}

std::string GemmReadoutStep::name() const {
  return subject_ + ": readout (gemm), " + std::to_string(operands_.rows) + " vertices";
}

void GemmReadoutStep::run(const Batch& batch) const {
  const auto channels = static_cast<std::size_t>(operands_.channels);
  for (std::size_t done = 0; done < operands_.rows; done += stretch_) {
    const std::size_t first = std::min(done, operands_.rows - stretch_);
    multiply(first);
    check(kernels::cuda::reduce_channels(
              operands_.images, stretch_, operands_.channels, operands_.numerics.element, z_,
              advance(operands_.features, first * channels, operands_.numerics),
              operands_.bias + first, result_.of(batch) + first, operands_.rows, batch.stream),
          "reading out " + subject_);
  }
}

// cuBLAS takes columns for rows: what it calls z, x and S are their transposes, z' = x' S'.
void GemmReadoutStep::multiply(std::size_t first_row) const {
  const Arithmetic arithmetic = arithmetic_of(operands_.numerics);
  const auto positions = static_cast<int>(operands_.stored_positions());
  const int channels = operands_.channels;
  const auto rows = static_cast<int>(stretch_);
  const float one = 1;
  const float zero = 0;
  check(
      cublas_library().gemm_strided_batched_ex(
          handle_.get(), CUBLAS_OP_N, CUBLAS_OP_N, channels, rows, positions, &one, operands_.x,
          arithmetic.type, channels, static_cast<long long>(positions) * channels,
          advance(operands_.spatial, first_row * operands_.stored_positions(), operands_.numerics),
          arithmetic.type, positions, 0, &zero, z_, CUDA_R_32F, channels,
          static_cast<long long>(rows) * channels, static_cast<int>(operands_.images),
          arithmetic.compute, CUBLAS_GEMM_DEFAULT),
      "multiplying masks and images of " + subject_);
}

StepCheck GemmReadoutStep::verify(const Batch& batch, std::size_t samples) const {
  return verify_readout(operands_, result_.of(batch), samples, name());
}

}  // namespace corticast::cuda
