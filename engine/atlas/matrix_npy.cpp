#include <algorithm>

#include "engine/atlas/matrix_formats.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"

namespace corticast {
namespace {

template <typename T>
void widen(const std::byte* items, std::uint64_t count, double* out) {
  for (std::uint64_t i = 0; i < count; ++i) {
    out[i] = static_cast<double>(load_le<T>(items + i * sizeof(T)));
  }
}

using Widen = void (*)(const std::byte*, std::uint64_t, double*);

Widen widen_of(const std::string& dtype) {
  const std::string type = dtype.substr(1);
  if (type == "f4") return widen<float>;
  if (type == "f8") return widen<double>;
  if (type == "i1") return widen<std::int8_t>;
  if (type == "i2") return widen<std::int16_t>;
  if (type == "i4") return widen<std::int32_t>;
  if (type == "i8") return widen<std::int64_t>;
  if (type == "u1") return widen<std::uint8_t>;
  if (type == "u2") return widen<std::uint16_t>;
  if (type == "u4") return widen<std::uint32_t>;
  if (type == "u8") return widen<std::uint64_t>;
  return nullptr;
}

class NpyMatrix : public MatrixFile {
 public:
  explicit NpyMatrix(const std::filesystem::path& path)
      : file_(path, ErrorCode::kUsage),
        header_(parse_npy(file_.bytes(), path.string(), ErrorCode::kUsage, NpyOrder::kEither)),
        widen_(widen_of(header_.dtype)) {
    if (widen_ == nullptr) refuse_matrix_type(path, header_.dtype);
    shape_ = header_.shape;
  }

  // Lines are rows of the matrix, or columns where the file is in Fortran order.
  void read(const Take& take) const override {
    const std::uint64_t lines = header_.fortran ? shape_[1] : shape_[0];
    const std::uint64_t items = header_.fortran ? shape_[0] : shape_[1];
    const std::uint64_t at_once = std::max<std::uint64_t>(1, kMatrixBlockItems / items);
    std::vector<double> values(std::min(at_once, lines) * items);
    for (std::uint64_t first = 0; first < lines; first += at_once) {
      const std::uint64_t count = std::min(at_once, lines - first);
      const ByteSpan part =
          file_.bytes().subspan(header_.data_offset + first * items * header_.item_bytes,
                                count * items * header_.item_bytes);
      widen_(part.data(), count * items, values.data());
      file_.forget(part);
      take(header_.fortran ? MatrixBlock{0, items, first, count, 1, items, values.data()}
                           : MatrixBlock{first, count, 0, items, items, 1, values.data()});
    }
  }

 private:
  MappedFile file_;
  NpyHeader header_;
  Widen widen_;
};

}  // namespace

std::unique_ptr<MatrixFile> open_npy_matrix(const std::filesystem::path& path) {
  return std::make_unique<NpyMatrix>(path);
}

}  // namespace corticast
