// A program for the test of cuda-sim: doubles `count` numbers on the device, with a mistake on
// request. Ends with 4 when a call of CUDA fails.
#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstring>
#include <vector>

#include "tests/cuda_sim/tests/runtime/probe.h"

int main(int argc, char** argv) {
  const bool mistake = argc > 1 && std::strcmp(argv[1], "--mistake") == 0;
  constexpr int kCount = 1000;
  std::vector<float> numbers(kCount, 3.0f);
  float* x = nullptr;
  int devices = 0;
  const auto failed = [](cudaError_t code) {
    if (code != cudaSuccess) std::printf("failed: %s\n", cudaGetErrorName(code));
    return code != cudaSuccess;
  };
  if (failed(cudaGetDeviceCount(&devices))) return 4;
  const std::size_t bytes = numbers.size() * sizeof(float);
  if (failed(cudaMalloc(reinterpret_cast<void**>(&x), bytes))) return 4;
  if (!mistake && failed(cudaMemcpy(x, numbers.data(), bytes, cudaMemcpyHostToDevice))) return 4;
  if (failed(cuda_sim::probe::scale(x, 2.0f, kCount, nullptr))) return 4;
  if (failed(cudaMemcpy(numbers.data(), x, bytes, cudaMemcpyDeviceToHost))) return 4;
  if (failed(cudaFree(x))) return 4;
  std::printf("%d devices, %.1f\n", devices, static_cast<double>(numbers[999]));
  return 0;
}
