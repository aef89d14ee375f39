#include "tests/cuda_sim/opcodes/fused.h"

#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/lanes.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define CUDA_SIM_TARGET_FMA __attribute__((target("avx2,fma")))
#else
#define CUDA_SIM_TARGET_FMA
#endif

namespace cuda_sim {
namespace {

template <bool Ftz, class T>
CUDA_SIM_TARGET_FMA void fuse(T* out, const T* a, const T* b, const T* c) {
  CUDA_SIM_INDEPENDENT_LANES
  for (unsigned i = 0; i < kLanes; ++i) {
    if constexpr (sizeof(T) == 4) {
      const T value =
          Ftz ? flush(std::fma(flush(a[i]), flush(b[i]), flush(c[i]))) : std::fma(a[i], b[i], c[i]);
      out[i] = value == value ? value : std::bit_cast<T>(0x7fffffffU);
    } else {
      out[i] = std::fma(a[i], b[i], c[i]);
    }
  }
}

template <class T, bool Ftz = false>
void run(Warp& warp, const Step& step) {
  const T* a = warp.read<T>(step.operands[1]);
  const T* b = warp.read<T>(step.operands[2]);
  const T* c = warp.read<T>(step.operands[3]);
  T* out = warp.write<T>(step.operands[0]);
  if (warp.active == kAllLanes) {
    fuse<Ftz>(out, a, b, c);
  } else {
    alignas(64) T values[kLanes];
    fuse<Ftz>(values, a, b, c);
    blend_lanes(out, values, warp.active);
  }
  note_non_finite<T>(warp, step);
}

}  // namespace

bool has_fused_loops() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
  return true;
#endif
}

void run_fma_f32(Warp& warp, const Step& step) {
  run<float>(warp, step);
}

void run_fma_ftz_f32(Warp& warp, const Step& step) {
  run<float, true>(warp, step);
}

void run_fma_f64(Warp& warp, const Step& step) {
  run<double>(warp, step);
}

}  // namespace cuda_sim
