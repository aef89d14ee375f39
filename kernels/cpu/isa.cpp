#include "kernels/cpu/isa.h"

#include "kernels/cpu/isa_kernels.h"

namespace corticast::kernels::cpu {

// Each defined by one compilation of the sources listed in corticast_isa().
#define CORTICAST_DECLARE(name)                           \
  namespace name {                                        \
  extern const std::size_t panel_width;                   \
  void readout_block(const ReadoutBlock& block);          \
  void conv_row(const ConvRow& row);                      \
  void fold_block(const FoldBlock& block);                \
  void folded_sums(const FoldedSums& s);                  \
  void row_products_block(const RowProductsBlock& block); \
  }
CORTICAST_DECLARE(isa_portable)
CORTICAST_DECLARE(isa_avx2)
CORTICAST_DECLARE(isa_avx512)
#undef CORTICAST_DECLARE

std::string to_string(Isa isa) {
  return isa == Isa::kAvx512 ? "avx512" : isa == Isa::kAvx2 ? "avx2" : "portable";
}

std::vector<Isa> available_isas() {
  std::vector<Isa> isas = {Isa::kPortable};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isas.push_back(Isa::kAvx2);
  if (__builtin_cpu_supports("avx512f")) isas.push_back(Isa::kAvx512);
  return isas;
}

bool bf16_available(Isa isa) {
  return isa == Isa::kAvx512 && __builtin_cpu_supports("avx512bf16");
}

IsaKernels kernels_for(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return {isa_avx512::panel_width, isa_avx512::readout_block, isa_avx512::conv_row,
              isa_avx512::fold_block,  isa_avx512::folded_sums,   isa_avx512::row_products_block};
    case Isa::kAvx2:
      return {isa_avx2::panel_width, isa_avx2::readout_block, isa_avx2::conv_row,
              isa_avx2::fold_block,  isa_avx2::folded_sums,   isa_avx2::row_products_block};
    case Isa::kPortable:
      break;
  }
  return {isa_portable::panel_width, isa_portable::readout_block, isa_portable::conv_row,
          isa_portable::fold_block,  isa_portable::folded_sums,   isa_portable::row_products_block};
}

}  // namespace corticast::kernels::cpu
