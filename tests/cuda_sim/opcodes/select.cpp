#include "tests/cuda_sim/opcodes/select.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

using Class = Type::Class;

// operands: d, a, b, p.
template <class T>
void run_selp(Warp& warp, const Step& step) {
  const T* a = warp.read<T>(step.operands[1]);
  const T* b = warp.read<T>(step.operands[2]);
  const std::uint32_t lanes = warp.predicate(step.operands[3]);
  write_lanes<T>(warp, step.operands[0],
                 [=](unsigned i) { return (lanes & kLaneBit[i]) != 0 ? a[i] : b[i]; });
}

}  // namespace

void decode_selp(Decoder& decoder) {
  const Type type = decoder.type();
  if (type.bits < 16 || type.packed != 1 || type.kind == Class::kBfloat) {
    decoder.unknown("not with this type");
  }
  Execute execute = type.bits == 16 ? &run_selp<std::uint16_t> : &run_selp<std::uint32_t>;
  if (type.bits == 64) execute = &run_selp<std::uint64_t>;
  decoder.emit(execute,
               {decoder.destination(decoder.operand(0), type.bits),
                decoder.source(decoder.operand(1), type), decoder.source(decoder.operand(2), type),
                decoder.source(decoder.operand(3), Type{Class::kPredicate, 1})});
}

namespace {

// a where c >= 0, else b; b where c is NaN.
struct SelectBySign {
  template <class T, class C>
  static T apply(T a, T b, C c) {
    return c >= C{0} ? a : b;
  }
};
struct SelectBySignFlushed {
  template <class T>
  static T apply(T a, T b, float c) {
    return flush(c) >= 0 ? a : b;
  }
};

template <class T>
Execute slct_execute(bool by_float, bool ftz) {
  if (!by_float) return map_lanes<SelectBySign, T, T, T, std::int32_t>;
  return ftz ? &map_lanes<SelectBySignFlushed, T, T, T, float>
             : &map_lanes<SelectBySign, T, T, T, float>;
}

}  // namespace

void decode_slct(Decoder& decoder) {
  const Type type = decoder.type();
  const Type by = decoder.type();
  const bool by_float = by.kind == Class::kFloat;
  if (by.bits != 32 || by.packed != 1 || (!by_float && by.kind != Class::kSigned)) {
    decoder.unknown("needs .s32 or .f32 as its second type");
  }
  if (type.bits < 16 || type.packed != 1 || type.kind == Class::kBfloat) {
    decoder.unknown("not with this type");
  }
  const bool ftz = by_float && decoder.take("ftz");
  Execute execute = slct_execute<std::uint32_t>(by_float, ftz);
  if (type.bits == 16) execute = slct_execute<std::uint16_t>(by_float, ftz);
  if (type.bits == 64) execute = slct_execute<std::uint64_t>(by_float, ftz);
  decoder.emit(
      execute,
      {decoder.destination(decoder.operand(0), type.bits), decoder.source(decoder.operand(1), type),
       decoder.source(decoder.operand(2), type), decoder.source(decoder.operand(3), by)});
}

namespace {

template <class T>
void run_testp(Warp& warp, const Step& step) {
  const T* a = warp.read<T>(step.operands[1]);
  const auto& classes = *static_cast<const std::vector<int>*>(step.detail);
  warp.set_predicate(step.operands[0], lanes_where([&](unsigned lane) {
                       return std::find(classes.begin(), classes.end(), std::fpclassify(a[lane])) !=
                              classes.end();
                     }));
}

}  // namespace

void decode_testp(Decoder& decoder) {
  const Type type = decoder.type();
  if (type.kind != Class::kFloat || type.bits < 32 || type.packed != 1) {
    decoder.unknown("not with this type");
  }
  std::vector<int> classes;
  if (decoder.take("finite"))
    classes = {FP_NORMAL, FP_SUBNORMAL, FP_ZERO};
  else if (decoder.take("infinite"))
    classes = {FP_INFINITE};
  else if (decoder.take("number"))
    classes = {FP_NORMAL, FP_SUBNORMAL, FP_ZERO, FP_INFINITE};
  else if (decoder.take("notanumber"))
    classes = {FP_NAN};
  else if (decoder.take("normal"))
    classes = {FP_NORMAL, FP_ZERO};
  else if (decoder.take("subnormal"))
    classes = {FP_SUBNORMAL};
  else
    decoder.unknown("needs a class of numbers");
  decoder.detail(std::move(classes));
  decoder.emit(
      type.bits == 32 ? &run_testp<float> : &run_testp<double>,
      {decoder.destination(decoder.operand(0), 1), decoder.source(decoder.operand(1), type)});
}

}  // namespace cuda_sim
