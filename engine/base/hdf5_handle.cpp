#include "engine/base/hdf5_handle.h"

#include "engine/base/error.h"
#include "engine/base/hdf5_exit.h"
#include "engine/base/text.h"

namespace corticast::hdf5 {
namespace {

// Keeps the operating system's words if the library quotes them, else the innermost description.
// The library calls this from C, where no exception may pass: without memory there is no reason.
herr_t take_reason(unsigned depth, const H5E_error2_t* entry, void* out) try {
  std::string& reason = *static_cast<std::string*>(out);
  const std::string text = entry->desc == nullptr ? "" : entry->desc;
  static const std::string kQuote = "error message = '";
  if (const std::size_t at = text.find(kQuote); at != std::string::npos) {
    const std::size_t first = at + kQuote.size();
    reason = text.substr(first, text.find('\'', first) - first);
  } else if (depth == 0 && reason.empty()) {
    reason = text;
  }
  return 0;
} catch (...) {
  return -1;
}

}  // namespace

Handle::Handle(hid_t id, Closer closer, const char* what) : id_(id), closer_(closer) {
  check(id < 0 ? -1 : 0, what);
}

void Handle::close(const char* what) {
  if (id_ >= 0) check(closer_(std::exchange(id_, -1)), what);
}

void leave_exit_alone() {
  static const herr_t once = H5dont_atexit();
  (void)once;
}

Quiet::Quiet() {
  check(H5open(), "HDF5 does not start");
  known_ = H5Eget_auto2(H5E_DEFAULT, &printer_, &printers_) >= 0;
  (void)H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() {
  if (known_) (void)H5Eset_auto2(H5E_DEFAULT, printer_, printers_);
}

void initialise() {
  leave_exit_alone();
  check(H5open(), "HDF5 does not start");
  (void)H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

void check(herr_t status, const char* what) {
  if (status >= 0) return;
  std::string reason;
  (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, &reason);
  throw Error(ErrorCode::kOutput, what + (reason.empty() ? std::string() : ": " + reason));
}

Handle file_access() {
  Handle list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "file access list");
  check(H5Pset_libver_bounds(list.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), "library bounds");
#if H5_VERSION_GE(1, 10, 7)
  check(H5Pset_file_locking(list.get(), false, true), "file locking");
#endif
  return list;
}

Handle simple_space(const std::vector<hsize_t>& shape) {
  return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose,
          "data space"};
}

Handle text_type(bool utf8) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "string type");
  check(H5Tset_size(type.get(), H5T_VARIABLE), "string type");
  check(H5Tset_cset(type.get(), utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII), "string type");
  return type;
}

// Variable-length, so that the text lies in the file's heap: an attribute's own value may not
// exceed 64 KiB, which a command line can.
void write_attribute(hid_t object, const char* name, const std::string& text) {
  const Handle type = text_type(is_utf8(text));
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose, name);
  const Handle attribute(
      H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  const char* value = text.c_str();
  check(H5Awrite(attribute.get(), type.get(), &value), name);
}

void write_attribute(hid_t object, const char* name, unsigned long long value) {
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose, name);
  const Handle attribute(
      H5Acreate2(object, name, H5T_STD_I64LE, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
      name);
  check(H5Awrite(attribute.get(), H5T_NATIVE_ULLONG, &value), name);
}

void write_vector(hid_t file, const char* path, hid_t file_type, hid_t memory_type,
                  const void* values, std::size_t size) {
  const Handle space = simple_space({size});
  const Handle parents = with_parents();
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, path);
  check(H5Pset_obj_track_times(creation.get(), false), path);
  Handle dataset(
      H5Dcreate2(file, path, file_type, space.get(), parents.get(), creation.get(), H5P_DEFAULT),
      H5Dclose, path);
  if (size > 0) {
    check(H5Dwrite(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), path);
  }
  dataset.close(path);
}

Handle with_parents() {
  Handle list(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "link list");
  check(H5Pset_create_intermediate_group(list.get(), 1), "link list");
  return list;
}

}  // namespace corticast::hdf5
