// The NIfTI-2 container of CIFTI-2 files: a header of 540 bytes and its one extension.
// https://nifti.nimh.nih.gov/nifti-2, https://www.nitrc.org/projects/cifti
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace corticast {

inline constexpr std::int16_t kNiftiFloat32 = 16;  // a datatype

// What of the container CIFTI uses. slope and inter as in the file: a slope of 0 or NaN is none.
struct Nifti2Header {
  std::int16_t datatype = kNiftiFloat32;
  std::array<std::int64_t, 8> dim{};  // [0]: how many of the others count
  std::int64_t data_offset = 0;
  double slope = 1;
  double inter = 0;
  std::int32_t intent_code = 0;
};

struct Nifti2File {
  Nifti2Header header;
  std::string_view xml;  // of the CIFTI extension, inside the file's bytes
  bool swapped = false;  // big-endian
};

// True if the bytes begin like a NIfTI-2 file of either byte order.
bool is_nifti2(ByteSpan file);

// Header and CIFTI extension; data_offset and the data behind it are not checked. name: the file,
// for messages. Throws Error{kUsage}.
Nifti2File parse_nifti2(ByteSpan file, const std::string& name);

// Header and extension of a CIFTI-2 file of dense scalars, float32, little-endian: what precedes
// `rows` times `columns` values, the columns of a row next to each other.
std::string make_cifti_head(std::uint64_t columns, std::uint64_t rows, std::string_view xml);

}  // namespace corticast
