#include "engine/output/hdf5_manifest.h"

#include "engine/base/error.h"
#include "engine/base/hdf5_handle.h"

namespace corticast {

using hdf5::check;
using hdf5::Handle;

std::optional<std::string> read_hdf5_manifest(const std::filesystem::path& path) {
  hdf5::initialise();
  try {
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, hdf5::file_access().get()), H5Fclose,
                      "cannot open");
    const Handle attribute(H5Aopen(file.get(), "manifest", H5P_DEFAULT), H5Aclose, "no manifest");
    const Handle stored(H5Aget_type(attribute.get()), H5Tclose, "no manifest");
    const Handle space(H5Aget_space(attribute.get()), H5Sclose, "no manifest");
    if (H5Tis_variable_str(stored.get()) <= 0 || H5Sget_simple_extent_npoints(space.get()) != 1) {
      return std::nullopt;
    }
    char* text = nullptr;
    const Handle type = hdf5::text_type(H5Tget_cset(stored.get()) == H5T_CSET_UTF8);
    check(H5Aread(attribute.get(), type.get(), &text), "no manifest");
    std::string manifest = text == nullptr ? "" : text;
    (void)H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, &text);
    return manifest;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace corticast
