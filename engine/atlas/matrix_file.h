// A user's matrix of weights, as it lies in a file: a .npy array, or the dataset /matrix of an HDF5
// file with names of its rows beside it in /names. Read block by block, so that a matrix larger
// than memory can be walked. All errors are kUsage and name the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace corticast {

// A rectangle of the matrix. Weight of output first_output + o and column first_column + c:
// values[o * output_stride + c * column_stride].
struct MatrixBlock {
  std::uint64_t first_output = 0;
  std::uint64_t outputs = 0;
  std::uint64_t first_column = 0;
  std::uint64_t columns = 0;
  std::uint64_t output_stride = 0;
  std::uint64_t column_stride = 0;
  const double* values = nullptr;
};

// One thread at a time.
class MatrixFile {
 public:
  using Take = std::function<void(const MatrixBlock&)>;

  virtual ~MatrixFile() = default;
  const std::vector<std::uint64_t>& shape() const { return shape_; }  // of any rank
  const std::vector<std::string>& names() const { return names_; }    // as stored; none: empty
  // Only for a shape of two dimensions, neither of them 0. Every weight is in one block; of one
  // output they come in ascending columns. May be called again.
  virtual void read(const Take& take) const = 0;

 protected:
  std::vector<std::uint64_t> shape_;
  std::vector<std::string> names_;
};

// Chosen by the ending: .npy (float32, float64 or integers, C or Fortran order), .h5 or .hdf5.
std::unique_ptr<MatrixFile> open_matrix(const std::filesystem::path& path);

// True for a name that open_matrix takes.
bool is_matrix_name(const std::filesystem::path& path);

}  // namespace corticast
