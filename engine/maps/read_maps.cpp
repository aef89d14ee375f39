#include "engine/maps/read_maps.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/maps/cifti_maps.h"
#include "engine/maps/gifti_maps.h"
#include "engine/maps/mosaic_maps.h"
#include "engine/maps/nifti2.h"
#include "engine/maps/npy_maps.h"

namespace corticast {
namespace {

constexpr std::string_view kNpy("\x93NUMPY", 6);
constexpr std::string_view kHdf5("\x89HDF\r\n\x1a\n", 8);
constexpr std::string_view kGzip("\x1f\x8b", 2);
constexpr std::string_view kNifti1("\x5c\x01\x00\x00", 4);  // 348: the size of its header

// HDF5 allows blocks of 512, 1024, ... bytes before its signature.
bool is_hdf5(std::string_view bytes) {
  for (std::size_t at = 0; at + kHdf5.size() <= bytes.size(); at = at == 0 ? 512 : 2 * at) {
    if (bytes.substr(at, kHdf5.size()) == kHdf5) return true;
  }
  return false;
}

bool is_xml(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '<';
}

}  // namespace

std::unique_ptr<Maps> read_maps(const std::filesystem::path& path) {
  const MappedFile file(path, ErrorCode::kUsage);
  const std::string_view bytes = as_text(file.bytes());
  if (bytes.starts_with(kNpy)) return read_npy_maps(path);
  if (is_hdf5(bytes)) return read_mosaic_maps(path);
  if (is_nifti2(file.bytes())) return read_cifti_maps(path);
  if (is_xml(bytes)) return read_gifti_maps(path);
  std::string what = "is none of the files that hold maps";
  std::string hint =
      "Give CIFTI-2 (.dscalar.nii, .dtseries.nii), GIFTI (.func.gii), .npy or HDF5 in MOSAIC's "
      "layout.";
  if (bytes.empty()) {
    what = "is empty";
  } else if (bytes.starts_with(kGzip)) {
    what = "is compressed";
    hint = "Decompress it first: gunzip FILE.";
  } else if (bytes.starts_with(kNifti1)) {
    what = "is a NIfTI-1 volume, whose voxels are no grayordinates";
    hint = "Map it onto the 91k space first, for example with wb_command.";
  }
  throw Error(ErrorCode::kUsage, path.string() + ": " + what, hint);
}

}  // namespace corticast
