#include "engine/maps/nifti2.h"

#include <algorithm>
#include <cstring>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"

namespace corticast {
namespace {

constexpr std::size_t kHeaderBytes = 540;
constexpr std::size_t kExtensions = 544;  // the first one, behind four flag bytes
constexpr std::size_t kExtensionHead = 8;
constexpr std::int32_t kCiftiExtension = 32;
constexpr std::string_view kMagic("n+2\0\r\n\x1a\n", 8);
constexpr std::size_t kAlignment = 16;

// Places of fields in the header.
constexpr std::size_t kAtMagic = 4, kAtDatatype = 12, kAtBitpix = 14, kAtDim = 16, kAtPixdim = 104,
                      kAtDataOffset = 168, kAtSlope = 176, kAtInter = 184, kAtUnits = 500,
                      kAtIntent = 504, kAtIntentName = 508;

constexpr std::int32_t kDenseScalars = 3006;
constexpr std::string_view kDenseScalarsName = "ConnDenseScalar";
constexpr std::int32_t kMillimetresSeconds = 10;

[[noreturn]] void refuse(const std::string& name, const std::string& what,
                         const std::string& hint = {}) {
  throw Error(ErrorCode::kUsage, name + ": " + what, hint);
}

template <typename T>
T field(ByteSpan file, std::size_t at, bool swapped) {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), file.data() + at, sizeof(T));
  if (swapped) std::reverse(bytes.begin(), bytes.end());
  return load_le<T>(bytes.data());
}

template <typename T>
void put(std::string& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

}  // namespace

bool is_nifti2(ByteSpan file) {
  if (file.size() < kHeaderBytes) return false;
  return as_text(file.subspan(kAtMagic, 3)) == kMagic.substr(0, 3) &&
         (field<std::int32_t>(file, 0, false) == kHeaderBytes ||
          field<std::int32_t>(file, 0, true) == kHeaderBytes);
}

Nifti2File parse_nifti2(ByteSpan file, const std::string& name) {
  if (!is_nifti2(file)) refuse(name, "is not a NIfTI-2 file, which CIFTI-2 files are");
  if (as_text(file.subspan(kAtMagic, kMagic.size())) != kMagic) {
    refuse(name, "its line ends were changed: it was copied as text",
           "Copy it again as a binary file.");
  }
  Nifti2File result;
  const bool swapped = field<std::int32_t>(file, 0, false) != kHeaderBytes;
  result.swapped = swapped;
  Nifti2Header& header = result.header;
  header.datatype = field<std::int16_t>(file, kAtDatatype, swapped);
  for (std::size_t d = 0; d < header.dim.size(); ++d) {
    header.dim[d] = field<std::int64_t>(file, kAtDim + 8 * d, swapped);
  }
  header.data_offset = field<std::int64_t>(file, kAtDataOffset, swapped);
  header.slope = field<double>(file, kAtSlope, swapped);
  header.inter = field<double>(file, kAtInter, swapped);
  header.intent_code = field<std::int32_t>(file, kAtIntent, swapped);

  const bool extended = file.size() >= kExtensions && file[kHeaderBytes] != std::byte{0};
  for (std::size_t at = kExtensions; extended && fits(at, kExtensionHead, file.size());) {
    const auto size = field<std::int32_t>(file, at, swapped);
    const auto code = field<std::int32_t>(file, at + 4, swapped);
    if (size < static_cast<std::int32_t>(kExtensionHead) ||
        !fits(at, static_cast<std::uint64_t>(size), file.size())) {
      break;
    }
    const auto bytes = static_cast<std::size_t>(size);
    if (code == kCiftiExtension) {
      result.xml = as_text(file.subspan(at + kExtensionHead, bytes - kExtensionHead));
      // Files are padded with zero bytes, which are no XML.
      result.xml = result.xml.substr(0, result.xml.find_last_not_of('\0') + 1);
      return result;
    }
    at += bytes;
  }
  refuse(name, "has no CIFTI extension (or it is cut short), so nothing says what its values are",
         "Give a CIFTI-2 file (.dscalar.nii, .dtseries.nii); volumes are not read.");
}

std::string make_cifti_head(std::uint64_t columns, std::uint64_t rows, std::string_view xml) {
  const std::size_t extension = round_up(kExtensionHead + xml.size(), kAlignment);
  std::string head(kExtensions + extension, '\0');
  put(head, 0, static_cast<std::int32_t>(kHeaderBytes));
  kMagic.copy(head.data() + kAtMagic, kMagic.size());
  put(head, kAtDatatype, kNiftiFloat32);
  put(head, kAtBitpix, std::int16_t{32});
  const std::uint64_t dim[8] = {6, 1, 1, 1, 1, columns, rows, 1};
  for (std::size_t d = 0; d < 8; ++d) {
    put(head, kAtDim + 8 * d, dim[d]);
    put(head, kAtPixdim + 8 * d, 1.0);
  }
  put(head, kAtDataOffset, static_cast<std::int64_t>(head.size()));
  put(head, kAtSlope, 1.0);
  put(head, kAtUnits, kMillimetresSeconds);
  put(head, kAtIntent, kDenseScalars);
  kDenseScalarsName.copy(head.data() + kAtIntentName, kDenseScalarsName.size());
  head[kHeaderBytes] = 1;
  put(head, kExtensions, static_cast<std::int32_t>(extension));
  put(head, kExtensions + 4, kCiftiExtension);
  xml.copy(head.data() + kExtensions + kExtensionHead, xml.size());
  return head;
}

}  // namespace corticast
