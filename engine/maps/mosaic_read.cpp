#include <numeric>
#include <utility>

#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/hdf5_read.h"
#include "engine/maps/mosaic_file.h"
#include "engine/maps/mosaic_maps.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

constexpr const char* kExpected =
    "MOSAIC's layout is a group /betas with one dataset of 91,282 numbers per stimulus.";

herr_t take_name(hid_t, const char* name, const H5L_info_t*, void* list) noexcept {
  try {
    static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  } catch (...) {
    return -1;
  }
}

// As h5py lists them: in the order in which they were made if the file knows it, else by name.
std::vector<std::string> members(hid_t group) {
  const Handle creation(H5Gget_create_plist(group), H5Pclose, mosaic::kGroup);
  unsigned order = 0;
  check(H5Pget_link_creation_order(creation.get(), &order), mosaic::kGroup);
  std::vector<std::string> names;
  check(H5Literate(group, (order & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME,
                   H5_ITER_INC, nullptr, take_name, &names),
        mosaic::kGroup);
  return names;
}

Handle open_beta(hid_t group, const std::string& name) {
  Handle dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose, name.c_str());
  const Handle type(H5Dget_type(dataset.get()), H5Tclose, name.c_str());
  const H5T_class_t kind = H5Tget_class(type.get());
  const std::vector<hsize_t> shape = hdf5::shape_of(dataset.get());
  if (shape == std::vector<hsize_t>{static_cast<hsize_t>(kGrayordinates)} &&
      (kind == H5T_FLOAT || kind == H5T_INTEGER)) {
    return dataset;
  }
  std::string found = kind == H5T_FLOAT || kind == H5T_INTEGER ? "numbers [" : "no numbers [";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    found += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  }
  throw Error(ErrorCode::kUsage, "/betas/" + name + " is " + found + "]", kExpected);
}

class MosaicMaps final : public Maps {
 public:
  explicit MosaicMaps(const std::filesystem::path& path)
      : path_(path), file_(hdf5::open_to_read(path)) {
    if (!hdf5::has_object(file_.get(), std::string("/") + mosaic::kGroup)) {
      throw Error(ErrorCode::kUsage, "has no group /betas", kExpected);
    }
    group_ = Handle(H5Gopen2(file_.get(), mosaic::kGroup, H5P_DEFAULT), H5Gclose, "/betas");
    datasets_ = members(group_.get());
    names_ = datasets_;
    if (!datasets_.empty()) (void)open_beta(group_.get(), datasets_.front());
    if (hdf5::has_attribute(group_.get(), mosaic::kWriter)) take_own_names();
    grayordinates_.resize(static_cast<std::size_t>(kGrayordinates));
    std::iota(grayordinates_.begin(), grayordinates_.end(), 0);
  }

  const std::vector<std::string>& names() const override { return names_; }
  std::size_t columns() const override { return grayordinates_.size(); }
  const std::vector<std::int32_t>& grayordinates() const override { return grayordinates_; }

  void read(RowRange range, float* out) const override {
    if (range.first > names_.size() || range.count > names_.size() - range.first) {
      throw Error(ErrorCode::kInternal, "maps beyond the last one");
    }
    try {
      for (std::size_t i = 0; i < range.count; ++i) {
        const std::string& name = datasets_[range.first + i];
        const Handle dataset = open_beta(group_.get(), name);
        check(H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                      out + i * columns()),
              name.c_str());
      }
    } catch (const Error& error) {
      throw Error(ErrorCode::kUsage, path_.string() + ": " + error.what(), error.hint());
    }
  }

 private:
  // Of a file that this program wrote: the maps' names as they were.
  void take_own_names() {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Handle dataset = open_beta(group_.get(), datasets_[i]);
      if (hdf5::has_attribute(dataset.get(), mosaic::kStimulus)) {
        names_[i] = hdf5::text_attribute(dataset.get(), mosaic::kStimulus);
      }
    }
  }

  std::filesystem::path path_;
  Handle file_;
  Handle group_;
  std::vector<std::string> datasets_;
  std::vector<std::string> names_;
  std::vector<std::int32_t> grayordinates_;
};

}  // namespace

std::unique_ptr<Maps> read_mosaic_maps(const std::filesystem::path& path) {
  try {
    return std::make_unique<MosaicMaps>(path);
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, path.string() + ": " + error.what(), error.hint());
  }
}

}  // namespace corticast
