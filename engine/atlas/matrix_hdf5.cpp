#include <algorithm>
#include <mutex>

#include "engine/atlas/matrix_formats.h"
#include "engine/base/error.h"
#include "engine/base/hdf5_handle.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

std::vector<std::uint64_t> extent(const Handle& dataset, const char* what) {
  const Handle space(H5Dget_space(dataset.get()), H5Sclose, what);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  check(rank, what);
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  check(H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr), what);
  return {dims.begin(), dims.end()};
}

std::vector<std::string> variable_texts(const Handle& dataset, const Handle& stored,
                                        std::uint64_t count) {
  const Handle type = hdf5::text_type(H5Tget_cset(stored.get()) == H5T_CSET_UTF8);
  const Handle space = hdf5::simple_space({count});
  std::vector<char*> read(count);
  check(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()), "/names");
  std::vector<std::string> texts(count);
  std::transform(read.begin(), read.end(), texts.begin(),
                 [](const char* text) { return std::string(text == nullptr ? "" : text); });
  check(H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, read.data()), "/names");
  return texts;
}

std::vector<std::string> fixed_texts(const Handle& dataset, const Handle& stored,
                                     std::uint64_t count) {
  const std::size_t size = H5Tget_size(stored.get());
  const bool blanks = H5Tget_strpad(stored.get()) == H5T_STR_SPACEPAD;
  std::string read(size * count, '\0');
  check(H5Dread(dataset.get(), stored.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()), "/names");
  std::vector<std::string> texts(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string& text = texts[i] = read.substr(i * size, size);
    text.resize(blanks ? text.find_last_not_of(' ') + 1 : std::min(text.find('\0'), size));
  }
  return texts;
}

class Hdf5Matrix : public MatrixFile {
 public:
  explicit Hdf5Matrix(const std::filesystem::path& path) : path_(path) {
    guarded([&] {
      file_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, hdf5::file_access().get()), H5Fclose,
                     "cannot be opened as HDF5");
      dataset_ =
          Handle(H5Dopen2(file_.get(), "/matrix", H5P_DEFAULT), H5Dclose, "no dataset /matrix");
      shape_ = extent(dataset_, "/matrix");
      check_type();
      if (H5Lexists(file_.get(), "names", H5P_DEFAULT) > 0) read_names();
    });
  }

  void read(const Take& take) const override {
    guarded([&] {
      const auto [tile_outputs, tile_columns] = tile();
      std::vector<double> values(tile_outputs * tile_columns);
      for (std::uint64_t output = 0; output < shape_[0]; output += tile_outputs) {
        const std::uint64_t outputs = std::min(tile_outputs, shape_[0] - output);
        for (std::uint64_t column = 0; column < shape_[1]; column += tile_columns) {
          const std::uint64_t columns = std::min(tile_columns, shape_[1] - column);
          read_tile({output, column}, {outputs, columns}, values.data());
          take({output, outputs, column, columns, columns, 1, values.data()});
        }
      }
    });
  }

 private:
  // The library's errors as errors of use; what the blocks' taker throws passes through.
  template <typename Calls>
  void guarded(Calls calls) const {
    try {
      calls();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kOutput) throw;
      throw Error(ErrorCode::kUsage, path_.string() + ": " + error.what(),
                  "Expected an HDF5 file with a dataset /matrix [outputs, columns] and, if the "
                  "outputs have names, strings /names [outputs].");
    }
  }

  void check_type() const {
    const Handle type(H5Dget_type(dataset_.get()), H5Tclose, "/matrix");
    const H5T_class_t kind = H5Tget_class(type.get());
    const std::size_t bytes = H5Tget_size(type.get());
    if (kind == H5T_INTEGER || (kind == H5T_FLOAT && (bytes == 4 || bytes == 8))) return;
    refuse_matrix_type(path_, kind == H5T_FLOAT ? "floats of " + std::to_string(bytes) + " bytes"
                                                : "no plain numbers");
  }

  void read_names() {
    const Handle names(H5Dopen2(file_.get(), "/names", H5P_DEFAULT), H5Dclose, "/names");
    const Handle type(H5Dget_type(names.get()), H5Tclose, "/names");
    const std::vector<std::uint64_t> shape = extent(names, "/names");
    if (H5Tget_class(type.get()) != H5T_STRING || shape.size() != 1) {
      throw Error(ErrorCode::kUsage,
                  path_.string() + ": /names is not a list of strings, one per output",
                  "With h5py: file['names'] = ['V1', 'MT'].");
    }
    names_ = H5Tis_variable_str(type.get()) > 0 ? variable_texts(names, type, shape[0])
                                                : fixed_texts(names, type, shape[0]);
  }

  // What is read at once: whole chunks, for a chunk is read and unpacked as a whole.
  std::pair<std::uint64_t, std::uint64_t> tile() const {
    hsize_t chunk[2] = {1, shape_[1]};
    const Handle creation(H5Dget_create_plist(dataset_.get()), H5Pclose, "/matrix");
    if (H5Pget_layout(creation.get()) == H5D_CHUNKED) {
      check(H5Pget_chunk(creation.get(), 2, chunk), "/matrix");
    }
    const std::uint64_t columns = std::min<std::uint64_t>(
        shape_[1],
        chunk[1] * std::max<std::uint64_t>(1, kMatrixBlockItems / (chunk[0] * chunk[1])));
    if (columns < shape_[1]) return {std::min<std::uint64_t>(shape_[0], chunk[0]), columns};
    const std::uint64_t outputs =
        chunk[0] * std::max<std::uint64_t>(1, kMatrixBlockItems / (chunk[0] * columns));
    return {std::min(shape_[0], outputs), columns};
  }

  void read_tile(const std::vector<hsize_t>& start, const std::vector<hsize_t>& count,
                 double* values) const {
    const Handle memory = hdf5::simple_space(count);
    const Handle space(H5Dget_space(dataset_.get()), H5Sclose, "/matrix");
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                              nullptr),
          "/matrix");
    check(
        H5Dread(dataset_.get(), H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values),
        "/matrix cannot be read");
  }

  // A library's callers may open matrices in several threads, and print HDF5's errors themselves.
  static inline std::mutex mutex_;
  const std::lock_guard<std::mutex> turn_{mutex_};
  const hdf5::Quiet quiet_;
  std::filesystem::path path_;
  Handle file_;
  Handle dataset_;
};

}  // namespace

std::unique_ptr<MatrixFile> open_hdf5_matrix(const std::filesystem::path& path) {
  return std::make_unique<Hdf5Matrix>(path);
}

}  // namespace corticast
