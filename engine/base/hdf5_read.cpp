#include "engine/base/hdf5_read.h"

#include <algorithm>

#include "engine/base/error.h"

namespace corticast::hdf5 {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::kOutput, what);
}

// Opens a one-dimensional dataset whose items take at least `item_bytes` of the file each.
Handle open_vector(hid_t file, const std::string& path, hsize_t item_bytes, hsize_t& size) {
  Handle dataset = open_dataset(file, path);
  const std::vector<hsize_t> shape = shape_of(dataset.get());
  if (shape.size() != 1)
    refuse(path + " has " + std::to_string(shape.size()) + " dimensions, not 1");
  if (size != kAnySize && shape[0] != size) {
    refuse(path + " has " + std::to_string(shape[0]) + " entries, not " + std::to_string(size));
  }
  hsize_t file_bytes = 0;
  check(H5Fget_filesize(file, &file_bytes), "cannot read");
  if (shape[0] > file_bytes / item_bytes) {
    refuse(path + " has " + std::to_string(shape[0]) + " entries, more than the file has room for");
  }
  size = shape[0];
  return dataset;
}

// Integers of the file, whatever their width, as the native type `memory`.
template <typename T>
std::vector<T> read_numbers(hid_t file, const std::string& path, hid_t memory, hsize_t size) {
  const Handle dataset = open_vector(file, path, sizeof(T), size);
  const Handle stored(H5Dget_type(dataset.get()), H5Tclose, "cannot read");
  if (H5Tget_class(stored.get()) != H5T_INTEGER || H5Tget_size(stored.get()) != sizeof(T)) {
    refuse(path + " holds something else than integers of " + std::to_string(sizeof(T)) + " bytes");
  }
  std::vector<T> values(size);
  if (size == 0) return values;
  check(H5Dread(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), path.c_str());
  return values;
}

// The type to read stored variable-length strings with. Throws if they are something else.
Handle string_type(const Handle& stored, const std::string& name) {
  if (H5Tis_variable_str(stored.get()) <= 0) refuse(name + " is not a text of any length");
  return text_type(H5Tget_cset(stored.get()) == H5T_CSET_UTF8);
}

// Texts of one length each, filled up with NUL; a piece at a time.
std::vector<std::string> read_fixed_texts(hid_t dataset, hid_t stored, const std::string& path,
                                          hsize_t size) {
  constexpr std::size_t kMost = 65536;
  constexpr hsize_t kPiece = 4096;
  const std::size_t bytes = H5Tget_size(stored);
  if (bytes == 0 || bytes > kMost)
    refuse(path + " has texts of " + std::to_string(bytes) + " bytes");
  std::vector<std::string> texts;
  texts.reserve(size);
  std::vector<char> piece(std::min(size, kPiece) * bytes);
  for (hsize_t first = 0; first < size; first += kPiece) {
    const hsize_t count = std::min(kPiece, size - first);
    const Handle memory = simple_space({count});
    const Handle space(H5Dget_space(dataset), H5Sclose, path.c_str());
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &first, nullptr, &count, nullptr),
          path.c_str());
    check(H5Dread(dataset, stored, memory.get(), space.get(), H5P_DEFAULT, piece.data()),
          path.c_str());
    for (hsize_t i = 0; i < count; ++i) {
      const char* text = piece.data() + i * bytes;
      texts.emplace_back(text, std::find(text, text + bytes, '\0'));
    }
  }
  return texts;
}

// Gives variable-length strings back to the library that allocated them.
class Reclaimer {
 public:
  Reclaimer(hid_t type, hid_t space, void* strings)
      : type_(type), space_(space), strings_(strings) {}
  ~Reclaimer() { (void)H5Dvlen_reclaim(type_, space_, H5P_DEFAULT, strings_); }
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

 private:
  hid_t type_;
  hid_t space_;
  void* strings_;
};

}  // namespace

Handle open_to_read(const std::filesystem::path& path) {
  initialise();
  if (H5Fis_hdf5(path.c_str()) == 0) refuse("is not an HDF5 file");
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "file access list");
#if H5_VERSION_GE(1, 10, 7)
  check(H5Pset_file_locking(access.get(), false, true), "file locking");
#endif
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "cannot open"};
}

bool has_attribute(hid_t file, const char* name) {
  return H5Aexists(file, name) > 0;
}

std::string text_attribute(hid_t file, const char* name) {
  const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, name);
  const Handle stored(H5Aget_type(attribute.get()), H5Tclose, name);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose, name);
  const Handle type = string_type(stored, name);
  if (H5Sget_simple_extent_npoints(space.get()) != 1)
    refuse(std::string(name) + " is not one text");
  char* text = nullptr;
  check(H5Aread(attribute.get(), type.get(), &text), name);
  const Reclaimer reclaimer(type.get(), space.get(), &text);
  return text == nullptr ? "" : text;
}

std::uint64_t number_attribute(hid_t file, const char* name) {
  const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, name);
  const Handle stored(H5Aget_type(attribute.get()), H5Tclose, name);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose, name);
  if (H5Tget_class(stored.get()) != H5T_INTEGER || H5Sget_simple_extent_npoints(space.get()) != 1) {
    refuse(std::string(name) + " is not one integer");
  }
  unsigned long long value = 0;
  check(H5Aread(attribute.get(), H5T_NATIVE_ULLONG, &value), name);
  return value;
}

bool has_object(hid_t file, const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (H5Lexists(file, path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return true;
  }
}

Handle open_dataset(hid_t file, const std::string& path) {
  if (!has_object(file, path)) refuse("has no " + path);
  return {H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, path.c_str()};
}

std::vector<hsize_t> shape_of(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose, "cannot read a shape");
  const int rank = H5Sget_simple_extent_ndims(space.get());
  check(rank, "cannot read a shape");
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
  check(H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr), "cannot read a shape");
  return shape;
}

std::vector<std::string> read_texts(hid_t file, const std::string& path, hsize_t size) {
  constexpr hsize_t kReference = 16;  // to a string, which lies in a heap
  const Handle dataset = open_vector(file, path, kReference, size);
  const Handle stored(H5Dget_type(dataset.get()), H5Tclose, path.c_str());
  if (H5Tget_class(stored.get()) == H5T_STRING && H5Tis_variable_str(stored.get()) == 0) {
    return read_fixed_texts(dataset.get(), stored.get(), path, size);
  }
  const Handle type = string_type(stored, path);
  std::vector<std::string> texts;
  if (size == 0) return texts;
  const Handle space(H5Dget_space(dataset.get()), H5Sclose, path.c_str());
  std::vector<char*> pointers(size);
  const Reclaimer reclaimer(type.get(), space.get(), pointers.data());
  check(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()),
        path.c_str());
  texts.reserve(size);
  for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
  return texts;
}

std::vector<std::uint8_t> read_bytes(hid_t file, const std::string& path, hsize_t size) {
  return read_numbers<std::uint8_t>(file, path, H5T_NATIVE_UINT8, size);
}

std::vector<std::int32_t> read_integers(hid_t file, const std::string& path, hsize_t size) {
  return read_numbers<std::int32_t>(file, path, H5T_NATIVE_INT32, size);
}

}  // namespace corticast::hdf5
