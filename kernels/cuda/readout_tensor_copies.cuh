// From global to shared memory, 16 bytes at a time: asynchronously, or through registers where
// there is no cp.async (before compute capability 8.0). Either way a copy is begun before the
// multiplications of a step and ended after them.
#pragma once

namespace corticast::kernels::cuda::tensor {

// Completes in the background; wait() says when.
template <int kPieces>
struct AsynchronousCopies {
  static constexpr bool kEnds = false;  // end() has nothing to do

  // Zeros when not inside; then nothing is read, but `from` is an address all the same.
  __device__ void begin(int, unsigned to, const char* from, bool inside) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(to), "l"(from), "r"(inside ? 16 : 0)
                 : "memory");
  }
  __device__ void end(int, unsigned) {}

  static __device__ void commit() { asm volatile("cp.async.commit_group;" : : : "memory"); }
  // All groups but the newest stages - 2 have arrived: of `stages` pieces the one to use now.
  static __device__ void wait(int stages) {
    if (stages == 2) {
      asm volatile("cp.async.wait_group 0;" : : : "memory");
    } else if (stages == 3) {
      asm volatile("cp.async.wait_group 1;" : : : "memory");
    } else {
      asm volatile("cp.async.wait_group 2;" : : : "memory");
    }
  }
};

template <int kPieces>
struct RegisterCopies {
  static constexpr bool kEnds = true;
  uint4 pieces[kPieces];

  __device__ void begin(int piece, unsigned, const char* from, bool inside) {
    pieces[piece] = inside ? *reinterpret_cast<const uint4*>(from) : uint4{};
  }
  __device__ void end(int piece, unsigned to) {
    const uint4& value = pieces[piece];
    asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};"
                 :
                 : "r"(to), "r"(value.x), "r"(value.y), "r"(value.z), "r"(value.w)
                 : "memory");
  }

  static __device__ void commit() {}
  static __device__ void wait(int) {}
};

}  // namespace corticast::kernels::cuda::tensor
