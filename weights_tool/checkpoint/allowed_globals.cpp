#include "weights_tool/checkpoint/allowed_globals.h"

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

}  // namespace

const AllowedGlobal* find_allowed(std::string_view module, std::string_view name) {
  for (const AllowedGlobal& allowed : kAllowed) {
    if (allowed.module == module && allowed.name == name) return &allowed;
  }
  return nullptr;
}

bool is_callable(Role role) {
  return role != Role::kStorage && role != Role::kTypedStorage;
}

}  // namespace corticast::weights
