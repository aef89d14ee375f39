// Which variant of the tensor-core readout a card runs.
#include "kernels/cuda/readout_tensor_launch.cuh"

namespace corticast::kernels::cuda {

// Where no Hopper code is linked: a build for other cards, or a simulated device.
__attribute__((weak)) cudaError_t tensor::launch_hopper(Element, const Call&) {
  return cudaErrorNoKernelImageForDevice;
}

cudaError_t readout_tensor(const ReadoutShape& shape, const Card& card, Element element,
                           const void* spatial, const void* features, const float* bias,
                           const void* x, float* y, cudaStream_t stream) {
  const tensor::Call call{shape, card, spatial, features, bias, x, y, stream};
  const int least_capability = element == Element::kFloat16 ? 75 : 80;
  if (card.compute_capability < least_capability) return cudaErrorInvalidValue;
  const int architecture = tensor::architecture_for(card);
  if (architecture == 0) return cudaErrorNoKernelImageForDevice;
  if (tensor::runs_turing(architecture)) {
    // A program without code for newer cards runs Turing's on them.
    return element == Element::kFloat16 ? tensor::launch_turing(call)
                                        : cudaErrorNoKernelImageForDevice;
  }
  if (element == Element::kFloat32) return tensor::launch_wide_tf32(call);
  const cudaError_t on_hopper = tensor::launch_hopper(element, call);
  if (on_hopper != cudaErrorNoKernelImageForDevice) return on_hopper;
  if (tensor::runs_tall(architecture) &&
      tensor::plan(tensor::kTall, shape.positions, card.shared_bytes_per_block)) {
    return tensor::launch_tall(element, call);
  }
  return tensor::launch_wide(element, call);
}

}  // namespace corticast::kernels::cuda
