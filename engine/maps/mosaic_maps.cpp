#include "engine/maps/mosaic_maps.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hdf5_handle.h"
#include "engine/maps/fill.h"
#include "engine/maps/map_files.h"
#include "engine/maps/mosaic_file.h"
#include "engine/maps/mosaic_names.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

constexpr std::size_t kBlockValues = std::size_t{4} << 20;  // 16 MB at a time

Handle utf8_link() {
  Handle list(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "link list");
  check(H5Pset_char_encoding(list.get(), H5T_CSET_UTF8), "link list");
  return list;
}

// A group whose members are listed in the order in which they are made.
Handle ordered_group(hid_t file) {
  const Handle list(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "group list");
  check(H5Pset_link_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
        "group list");
  return {H5Gcreate2(file, mosaic::kGroup, H5P_DEFAULT, list.get(), H5P_DEFAULT), H5Gclose,
          mosaic::kGroup};
}

// A new file under a name of its own, for HDF5 to overwrite, which goes away unless it is
// completed.
class NamedFile {
 public:
  explicit NamedFile(std::filesystem::path destination)
      : destination_(std::move(destination)), name_(destination_.string() + ".XXXXXX") {
    refuse_folder(destination_);
    descriptor_ = ::mkstemp(name_.data());
    if (descriptor_ < 0) fail("cannot create a file beside it");
    const mode_t mask = ::umask(0);
    ::umask(mask);
    (void)::fchmod(descriptor_, 0666 & ~mask);
  }
  ~NamedFile() {
    ::close(descriptor_);
    if (!done_) (void)::unlink(name_.c_str());
  }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;

  const std::string& name() const { return name_; }
  // Flushes what was written under the name, and gives it the destination's.
  void commit() {
    if (::fsync(descriptor_) != 0) fail("cannot flush to disk");
    if (::rename(name_.c_str(), destination_.c_str()) != 0) fail("cannot finish the file");
    done_ = true;
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw Error(ErrorCode::kOutput,
                destination_.string() + ": " + what + ": " + std::strerror(errno));
  }

  std::filesystem::path destination_;
  std::string name_;
  int descriptor_ = -1;
  bool done_ = false;
};

// The group, and what all of its datasets have in common.
class BetasGroup {
 public:
  explicit BetasGroup(hid_t file)
      : group_(ordered_group(file)),
        link_(utf8_link()),
        creation_(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "dataset list"),
        space_(hdf5::simple_space({static_cast<hsize_t>(kGrayordinates)})) {
    hdf5::write_attribute(group_.get(), mosaic::kWriter, CORTICAST_VERSION);
    check(H5Pset_obj_track_times(creation_.get(), false), "dataset list");
    check(H5Pset_fill_time(creation_.get(), H5D_FILL_TIME_NEVER), "dataset list");
  }

  // values: [91,282]
  void add(const MosaicName& name, const std::string& stimulus, const float* values) {
    const char* const link = name.dataset.c_str();
    Handle dataset(H5Dcreate2(group_.get(), link, H5T_IEEE_F32LE, space_.get(), link_.get(),
                              creation_.get(), H5P_DEFAULT),
                   H5Dclose, link);
    check(H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), link);
    hdf5::write_attribute(dataset.get(), mosaic::kStimulus, stimulus);
    hdf5::write_attribute(dataset.get(), mosaic::kRepetition,
                          static_cast<unsigned long long>(name.repetition));
    dataset.close(link);
  }
  void close() { group_.close(mosaic::kGroup); }

 private:
  Handle group_;
  Handle link_;
  Handle creation_;
  Handle space_;
};

void write_betas(const Maps& maps, hid_t file, float fill) {
  const std::size_t count = maps.names().size();
  const std::size_t columns = maps.columns();
  const std::vector<std::int32_t>& where = maps.grayordinates();
  const std::vector<MosaicName> names = mosaic_names(maps.names());
  BetasGroup betas(file);
  const std::size_t at_once = std::max<std::size_t>(1, kBlockValues / columns);
  std::vector<float> block(std::min(at_once, count) * columns);
  std::vector<float> whole(static_cast<std::size_t>(kGrayordinates));
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t here = std::min(at_once, count - first);
    maps.read({first, here}, block.data());
    for (std::size_t i = 0; i < here; ++i) {
      const std::span<float> values(block.data() + i * columns, columns);
      fill_missing(values, fill);
      std::fill(whole.begin(), whole.end(), fill);
      for (std::size_t column = 0; column < columns; ++column) {
        whole[static_cast<std::size_t>(where[column])] = values[column];
      }
      betas.add(names[first + i], maps.names()[first + i], whole.data());
    }
  }
  betas.close();
}

}  // namespace

std::vector<std::filesystem::path> write_mosaic_maps(const Maps& maps,
                                                     const std::filesystem::path& destination,
                                                     const MapWriteOptions& options) {
  refuse_existing({destination}, options.replace);
  if (maps.grayordinates().empty()) {
    throw Error(ErrorCode::kUsage,
                destination.string() +
                    ": MOSAIC's layout holds maps of the 91,282 grayordinates, "
                    "and these columns are none",
                "Write .npy, which holds columns of any kind.");
  }
  NamedFile pending(destination);
  hdf5::initialise();
  Handle file(
      H5Fcreate(pending.name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, hdf5::file_access().get()),
      H5Fclose, destination.c_str());
  try {
    write_betas(maps, file.get(), options.fill);
    file.close("write error");
  } catch (const Error& error) {
    // What could not be written would be tried again while the file is closed.
    file.abandon();
    throw Error(error.code(), destination.string() + ": " + error.what(), error.hint());
  }
  pending.commit();
  return {destination};
}

}  // namespace corticast
