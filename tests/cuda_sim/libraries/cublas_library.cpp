// The simulated device's definition of corticast::cuda::cublas_library(), linked in place of the
// shipped one.
#include "engine/backend/cuda/cublas/library.h"

#include "tests/cuda_sim/libraries/cublas.h"

namespace corticast::cuda {

const CublasLibrary& cublas_library() {
  namespace sim = cuda_sim::cublas;
  static const CublasLibrary library = {
      sim::get_property,  sim::get_status_name,        sim::create, sim::destroy, sim::set_stream,
      sim::set_workspace, sim::gemm_strided_batched_ex};
  return library;
}

}  // namespace corticast::cuda
