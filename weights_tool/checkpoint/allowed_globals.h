// The only names a checkpoint's pickle may refer to. Each stands for something this program does
// itself; nothing is ever imported or called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weights_tool/checkpoint/dtype.h"

namespace corticast::weights {

enum class Role : std::uint8_t {
  kOrderedDict,       // collections.OrderedDict
  kRebuildTensorV2,   // torch._utils._rebuild_tensor_v2
  kRebuildTensor,     // torch._utils._rebuild_tensor
  kRebuildParameter,  // torch._utils._rebuild_parameter
  kSize,              // torch.Size
  kStorage,           // a storage class with an element type
  kTypedStorage,      // may be named, but says nothing about the elements
};

struct AllowedGlobal {
  std::string_view module;
  std::string_view name;
  Role role;
  DType dtype;  // kStorage only
};

// nullptr for every name that is not on the list.
const AllowedGlobal* find_allowed(std::string_view module, std::string_view name);

// True for what REDUCE may be applied to.
bool is_callable(Role role);

}  // namespace corticast::weights
