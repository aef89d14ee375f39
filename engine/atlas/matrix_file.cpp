#include "engine/atlas/matrix_file.h"

#include "engine/atlas/matrix_formats.h"
#include "engine/base/error.h"

namespace corticast {

std::unique_ptr<MatrixFile> open_matrix(const std::filesystem::path& path) {
  return path.extension() == ".npy" ? open_npy_matrix(path) : open_hdf5_matrix(path);
}

bool is_matrix_name(const std::filesystem::path& path) {
  const std::filesystem::path ending = path.extension();
  return ending == ".npy" || ending == ".h5" || ending == ".hdf5";
}

void refuse_matrix_type(const std::filesystem::path& path, const std::string& found) {
  throw Error(
      ErrorCode::kUsage,
      path.string() + ": the weights are " + found + ", expected float32, float64 or integers",
      "Save matrix.astype('float32').");
}

}  // namespace corticast
