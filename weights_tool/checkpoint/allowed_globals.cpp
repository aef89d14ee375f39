#include "weights_tool/checkpoint/allowed_globals.h"

#include <span>

namespace corticast::weights {
namespace {

constexpr AllowedGlobal kAllowed[] = {
    {"collections", "OrderedDict", Role::kOrderedDict, DType::kU8},
    {"torch._utils", "_rebuild_tensor_v2", Role::kRebuildTensorV2, DType::kU8},
    {"torch._utils", "_rebuild_tensor", Role::kRebuildTensor, DType::kU8},
    {"torch._utils", "_rebuild_parameter", Role::kRebuildParameter, DType::kU8},
    {"torch", "Size", Role::kSize, DType::kU8},
    {"torch", "FloatStorage", Role::kStorage, DType::kF32},
    {"torch", "DoubleStorage", Role::kStorage, DType::kF64},
    {"torch", "HalfStorage", Role::kStorage, DType::kF16},
    {"torch", "BFloat16Storage", Role::kStorage, DType::kBF16},
    {"torch", "LongStorage", Role::kStorage, DType::kI64},
    {"torch", "IntStorage", Role::kStorage, DType::kI32},
    {"torch", "ShortStorage", Role::kStorage, DType::kI16},
    {"torch", "CharStorage", Role::kStorage, DType::kI8},
    {"torch", "ByteStorage", Role::kStorage, DType::kU8},
    {"torch", "BoolStorage", Role::kStorage, DType::kBool},
    {"torch", "UntypedStorage", Role::kStorage, DType::kU8},
    {"torch.storage", "UntypedStorage", Role::kStorage, DType::kU8},
    {"torch.storage", "_UntypedStorage", Role::kStorage, DType::kU8},
    {"torch.storage", "TypedStorage", Role::kTypedStorage, DType::kU8},
    {"torch.storage", "_TypedStorage", Role::kTypedStorage, DType::kU8},
};

// numpy.core is what NumPy 1 says, numpy._core what NumPy 2 says.
constexpr AllowedGlobal kAllowedInMetadata[] = {
    {"numpy.core.multiarray", "_reconstruct", Role::kReconstruct, DType::kU8},
    {"numpy._core.multiarray", "_reconstruct", Role::kReconstruct, DType::kU8},
    {"numpy.core.multiarray", "scalar", Role::kScalar, DType::kU8},
    {"numpy._core.multiarray", "scalar", Role::kScalar, DType::kU8},
    {"numpy", "dtype", Role::kDtype, DType::kU8},
    {"numpy", "ndarray", Role::kNdarray, DType::kU8},
};

std::span<const AllowedGlobal> allowed_in(PickleKind kind) {
  if (kind == PickleKind::kMetadata) return kAllowedInMetadata;
  return kAllowed;
}

}  // namespace

const AllowedGlobal* find_allowed(std::string_view module, std::string_view name, PickleKind kind) {
  for (const AllowedGlobal& allowed : allowed_in(kind)) {
    if (allowed.module == module && allowed.name == name) return &allowed;
  }
  return nullptr;
}

bool is_callable(Role role) {
  return role != Role::kStorage && role != Role::kTypedStorage && role != Role::kNdarray;
}

}  // namespace corticast::weights
