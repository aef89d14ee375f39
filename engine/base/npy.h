// NumPy's .npy format, versions 1 to 3:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html Only what corticast
// exchanges with its users: little-endian arrays of plain numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace corticast {

struct NpyHeader {
  std::string dtype;                 // as NumPy writes it: "<f4", "|u1", "<i8", "|b1", ...
  std::vector<std::uint64_t> shape;  // outermost first; empty for a scalar
  std::uint64_t data_offset = 0;     // first data byte in the file
  std::uint64_t item_bytes = 0;
  std::uint64_t items = 0;  // product of shape
  bool fortran = false;     // the first index runs fastest
};

enum class NpyOrder { kC, kEither };

// Parses the header and checks that the data it promises are all there (file may be longer).
// name is used in messages. Throws Error{code} for anything else than a little-endian array of
// bool, integer or float items in an accepted order.
NpyHeader parse_npy(ByteSpan file, const std::string& name, ErrorCode code,
                    NpyOrder accepted = NpyOrder::kC);

// The header bytes of a version-1 file whose data begin at a multiple of 64.
std::string make_npy_header(const std::string& dtype, const std::vector<std::uint64_t>& shape);

}  // namespace corticast
