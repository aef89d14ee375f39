#include "kernels/row_products.h"

#include <omp.h>

#include <algorithm>
#include <vector>

#include "kernels/cpu/buffer.h"
#include "kernels/cpu/isa_kernels.h"

namespace corticast::kernels::cpu {
namespace {

constexpr std::size_t kStretch = 256;   // of a row: summed in float32
constexpr std::size_t kTogether = 256;  // right rows that one pass over the left rows serves: their
                                        // stretch stays in the second level of cache

struct Workspace {
  Buffer packed;             // panels of a stretch
  std::vector<double> sums;  // [left_rows, kTogether]
};

// Right rows first .. first + count of a stretch, as panels [panel][length][width]; columns beyond
// the last row are zero.
void pack(const RowProducts& rows, std::size_t first, std::size_t count, std::size_t begin,
          std::size_t length, std::size_t width, float* packed) {
  const std::size_t panels = (count + width - 1) / width;
  std::fill_n(packed, panels * length * width, 0.0F);
  for (std::size_t b = 0; b < count; ++b) {
    const float* from = rows.right + (first + b) * rows.length + begin;
    float* to = packed + b / width * length * width + b % width;
    for (std::size_t k = 0; k < length; ++k) to[k * width] = from[k];
  }
}

// All left rows against right rows first .. first + count.
void multiply(const RowProducts& rows, std::size_t first, std::size_t count,
              const IsaKernels& kernels, Workspace& own) {
  std::fill(own.sums.begin(), own.sums.end(), 0.0);
  for (std::size_t begin = 0; begin < rows.length; begin += kStretch) {
    const std::size_t length = std::min(kStretch, rows.length - begin);
    pack(rows, first, count, begin, length, kernels.panel, own.packed.data());
    for (std::size_t b = 0; b < count; b += kernels.panel) {
      kernels.row_products_block({rows.left + begin, rows.length, rows.left_rows,
                                  own.packed.data() + b * length, length, own.sums.data() + b,
                                  kTogether});
    }
  }
}

}  // namespace

void row_products(const RowProducts& rows, Isa isa, float* s, std::size_t s_stride) {
  const IsaKernels kernels = kernels_for(isa);
  const std::size_t groups = (rows.right_rows + kTogether - 1) / kTogether;
  // Taken before threads share the work, where running out of memory can still be reported.
  std::vector<Workspace> workspaces(
      std::min(groups, static_cast<std::size_t>(omp_get_max_threads())));
  for (Workspace& own : workspaces) {
    own.packed = Buffer(kStretch * kTogether);
    own.sums.resize(rows.left_rows * kTogether);
  }
#pragma omp parallel for schedule(dynamic) num_threads(static_cast<int>(workspaces.size()))
  for (std::size_t group = 0; group < groups; ++group) {
    Workspace& own = workspaces[static_cast<std::size_t>(omp_get_thread_num())];
    const std::size_t first = group * kTogether;
    const std::size_t count = std::min(kTogether, rows.right_rows - first);
    multiply(rows, first, count, kernels, own);
    for (std::size_t a = 0; a < rows.left_rows; ++a) {
      for (std::size_t b = 0; b < count; ++b) {
        s[a * s_stride + first + b] = static_cast<float>(own.sums[a * kTogether + b]);
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
