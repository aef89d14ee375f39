// Convolution graphs built through the cuDNN table, the way a backend does: handle, operation
// graph, heuristics, plan, variant pack.
#pragma once

#include <cudnn.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

#include "engine/backend/cuda/cudnn/library.h"

namespace cuda_sim::test {

// Fails the test with cuDNN's own text unless the call succeeds.
void check(cudnnStatus_t status);

class CudnnHandle {
 public:
  CudnnHandle();
  ~CudnnHandle();
  CudnnHandle(const CudnnHandle&) = delete;
  CudnnHandle& operator=(const CudnnHandle&) = delete;
  cudnnHandle_t get() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type);
  CudnnDescriptor(CudnnDescriptor&&) = default;
  CudnnDescriptor& operator=(CudnnDescriptor&&) = default;
  cudnnBackendDescriptor_t get() const { return descriptor_.get(); }

  template <typename T>
  cudnnStatus_t try_set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                        const std::vector<T>& values) {
    return corticast::cuda::cudnn_library().set_attribute(
        get(), name, type, static_cast<std::int64_t>(values.size()), values.data());
  }
  template <typename T>
  CudnnDescriptor& set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                       const std::vector<T>& values) {
    check(try_set(name, type, values));
    return *this;
  }
  CudnnDescriptor& set(cudnnBackendAttributeName_t name, const CudnnDescriptor& value);
  CudnnDescriptor& set(cudnnBackendAttributeName_t name, cudnnHandle_t handle);
  cudnnStatus_t try_finalize();
  void finalize() { check(try_finalize()); }

 private:
  struct Destroy {
    void operator()(void* descriptor) const;
  };
  std::unique_ptr<void, Destroy> descriptor_;
};

enum class Layout { kNchw, kNhwc };

// x: uid 1, filters: 2, bias: 3, y: 4, all of one type and layout and 16-byte aligned.
struct ConvolutionShape {
  std::int64_t n = 1;
  std::int64_t in = 8;
  std::int64_t out = 16;
  std::int64_t side = 12;  // of the square input
  std::int64_t kernel = 3;
  std::int64_t padding = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Layout layout = Layout::kNchw;
  cudnnDataType_t type = CUDNN_DATA_FLOAT;

  std::int64_t out_side() const {
    return (side + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1;
  }
  std::size_t x_size() const { return static_cast<std::size_t>(n * in * side * side); }
  std::size_t w_size() const { return static_cast<std::size_t>(out * in * kernel * kernel); }
  std::size_t y_size() const { return static_cast<std::size_t>(n * out * out_side() * out_side()); }
};

struct ExecutionPlan {
  CudnnDescriptor plan;
  std::int64_t engine;
  std::int64_t workspace;
  bool tensor_cores;
};

// A finalized operation graph: convolution, bias and ReLU. It needs its descriptors.
class ConvolutionGraph {
 public:
  // handle null: none is set.
  ConvolutionGraph(cudnnHandle_t handle, const ConvolutionShape& shape);
  // The convolution's gradient for x alone, from y: a graph of another operation.
  static ConvolutionGraph of_gradient(cudnnHandle_t handle, const ConvolutionShape& shape);
  const CudnnDescriptor& graph() const { return all_.back(); }

  // The plans that finalize, best first, at most `most`: of heuristics mode A, or, where that has
  // none, of the fallback mode. tensor_cores: only engines
  // that use them, or only others.
  std::vector<ExecutionPlan> plans(cudnnHandle_t handle, std::size_t most,
                                   std::optional<bool> tensor_cores = std::nullopt) const;

 private:
  ConvolutionGraph() { all_.reserve(16); }  // references into it stay valid
  CudnnDescriptor& convolution(const ConvolutionShape& shape);
  void finish(cudnnHandle_t handle, const std::vector<cudnnBackendDescriptor_t>& operations);
  CudnnDescriptor& add(cudnnBackendDescriptorType_t type);
  CudnnDescriptor& tensor(std::int64_t uid, std::vector<std::int64_t> dims,
                          const ConvolutionShape& shape, bool is_virtual);
  CudnnDescriptor& pointwise(cudnnPointwiseMode_t mode);
  std::vector<CudnnDescriptor> configs(cudnnBackendHeurMode_t mode) const;

  std::vector<CudnnDescriptor> all_;
};

struct Binding {
  std::int64_t uid;
  void* pointer;
};
// Builds the variant pack and executes.
cudnnStatus_t execute(cudnnHandle_t handle, const ExecutionPlan& plan,
                      const std::vector<Binding>& bindings, void* workspace);

}  // namespace cuda_sim::test
