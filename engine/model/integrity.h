// Reads a whole model file and says whether it is, byte for byte, as it was written.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/model/model_file.h"

namespace corticast {

// What is wrong with one data tensor and the checksums behind it.
struct TensorDamage {
  std::uint64_t blocks = 0;     // blocks that do not match their checksum
  std::uint64_t first_row = 0;  // first row of the first of them
  bool padding = false;         // a byte of the zero padding is not zero

  bool any() const { return blocks != 0 || padding; }
};

struct Integrity {
  bool header = true;      // the header matches its checksum
  bool tensors = true;     // no tensor is damaged
  bool model_hash = true;  // the checksums give the model hash of the header

  bool intact() const { return header && tensors && model_hash; }
};

// Calls `report` for each data tensor in file order. Keeps only a few pages of the file resident.
Integrity check_integrity(
    const ModelFile& file,
    const std::function<void(const BlockTensor&, const TensorDamage&)>& report);

}  // namespace corticast
