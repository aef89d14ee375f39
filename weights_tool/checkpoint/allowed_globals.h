// The only names a pickle may refer to, by what it is a pickle of: those of PyTorch in a
// checkpoint, those of NumPy in metadata, never both. Each stands for something this program does
// itself; nothing is ever imported or called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weights_tool/checkpoint/dtype.h"

namespace corticast::weights {

enum class PickleKind : std::uint8_t {
  kCheckpoint,  // of PyTorch
  kMetadata,    // of NumPy: dictionaries, arrays and numbers
};

enum class Role : std::uint8_t {
  kOrderedDict,       // collections.OrderedDict
  kRebuildTensorV2,   // torch._utils._rebuild_tensor_v2
  kRebuildTensor,     // torch._utils._rebuild_tensor
  kRebuildParameter,  // torch._utils._rebuild_parameter
  kSize,              // torch.Size
  kStorage,           // a storage class with an element type
  kTypedStorage,      // may be named, but says nothing about the elements
  kReconstruct,       // numpy's multiarray._reconstruct
  kScalar,            // numpy's multiarray.scalar
  kDtype,             // numpy.dtype
  kNdarray,           // numpy.ndarray, an argument of kReconstruct
};

struct AllowedGlobal {
  std::string_view module;
  std::string_view name;
  Role role;
  DType dtype;  // kStorage only
};

// nullptr for every name that is not on the list of this kind.
const AllowedGlobal* find_allowed(std::string_view module, std::string_view name,
                                  PickleKind kind = PickleKind::kCheckpoint);

// True for what REDUCE may be applied to.
bool is_callable(Role role);

}  // namespace corticast::weights
