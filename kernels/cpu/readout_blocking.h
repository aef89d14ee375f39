// How the rows of a readout are dealt out to threads; the float32 and the bf16 readout agree.
#pragma once

#include <cstddef>

namespace corticast::kernels::cpu {

inline constexpr std::size_t kReadoutTile = 6;  // rows of a register tile

// Rows that a thread takes at a time: as many as a block holds where there are many, fewer where a
// selection would otherwise leave threads idle. A multiple of kReadoutTile.
std::size_t readout_block_rows(std::size_t rows);

}  // namespace corticast::kernels::cpu
