#include "engine/model/integrity.h"

#include <algorithm>

namespace corticast {
namespace {

TensorDamage check_tensor(const ModelFile& file, const BlockTensor& tensor) {
  constexpr std::uint64_t kBlocksAtOnce = 128;
  TensorDamage damage;
  for (std::uint64_t first = 0; first < tensor.blocks(); first += kBlocksAtOnce) {
    const std::uint64_t last = std::min(first + kBlocksAtOnce, tensor.blocks());
    for (std::uint64_t block = first; block < last; ++block) {
      if (tensor.intact(block)) continue;
      if (damage.blocks++ == 0) damage.first_row = block * format::kRowsPerBlock;
    }
    file.map().forget(tensor.bytes(first, last));
  }
  const ByteSpan padding = tensor.padding();
  damage.padding =
      std::any_of(padding.begin(), padding.end(), [](std::byte b) { return b != std::byte{0}; });
  return damage;
}

}  // namespace

Integrity check_integrity(
    const ModelFile& file,
    const std::function<void(const BlockTensor&, const TensorDamage&)>& report) {
  Integrity integrity;
  integrity.header = file.header_intact();
  ModelHash hash;
  for (const BlockTensor& tensor : file.data_tensors()) {
    const TensorDamage damage = check_tensor(file, tensor);
    integrity.tensors = integrity.tensors && !damage.any();
    if (format::is_weight(tensor.tensor())) hash.add(tensor.tensor(), tensor.sums());
    report(tensor, damage);
  }
  integrity.model_hash = hash.hex() == file.info().model_hash;
  return integrity;
}

}  // namespace corticast
