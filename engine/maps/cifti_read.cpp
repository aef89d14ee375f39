#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/base/checked_math.h"
#include "engine/base/file.h"
#include "engine/maps/cifti_maps.h"
#include "engine/maps/cifti_matrix.h"
#include "engine/maps/nifti2.h"

namespace corticast {
namespace {

using Load = double (*)(const std::byte*);

template <typename T>
double load(const std::byte* item) {
  return static_cast<double>(load_le<T>(item));
}

template <typename T>
double load_swapped(const std::byte* item) {
  std::array<std::byte, sizeof(T)> bytes;
  std::reverse_copy(item, item + sizeof(T), bytes.begin());
  return static_cast<double>(load_le<T>(bytes.data()));
}

struct DataType {
  std::size_t bytes = 0;
  Load load = nullptr;
};

template <typename T>
DataType data_type(bool swapped) {
  return {sizeof(T), swapped ? load_swapped<T> : load<T>};
}

// Of NIfTI's codes; without a loader if it is none of plain numbers.
DataType data_type_of(std::int16_t code, bool swapped) {
  switch (code) {
    case 2:
      return data_type<std::uint8_t>(swapped);
    case 4:
      return data_type<std::int16_t>(swapped);
    case 8:
      return data_type<std::int32_t>(swapped);
    case 16:
      return data_type<float>(swapped);
    case 64:
      return data_type<double>(swapped);
    case 256:
      return data_type<std::int8_t>(swapped);
    case 512:
      return data_type<std::uint16_t>(swapped);
    case 768:
      return data_type<std::uint32_t>(swapped);
    case 1024:
      return data_type<std::int64_t>(swapped);
    case 1280:
      return data_type<std::uint64_t>(swapped);
    default:
      return {};
  }
}

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::kUsage, name + ": " + what);
}

class CiftiMaps final : public Maps {
 public:
  explicit CiftiMaps(const std::filesystem::path& path) : file_(path, ErrorCode::kUsage) {
    const std::string name = path.string();
    const Nifti2File container = parse_nifti2(file_.bytes(), name);
    const Nifti2Header& header = container.header;
    type_ = data_type_of(header.datatype, container.swapped);
    if (type_.load == nullptr) {
      refuse(name, "its values are of NIfTI data type " + std::to_string(header.datatype) +
                       ", expected plain numbers");
    }
    const auto& dim = header.dim;
    const bool extra =
        std::any_of(dim.begin() + 1, dim.begin() + 5, [](std::int64_t size) { return size != 1; });
    if (dim[0] < 6 || dim[0] > 7 || extra || (dim[0] == 7 && dim[7] != 1) || dim[5] < 1 ||
        dim[6] < 1 || std::max(dim[5], dim[6]) > std::numeric_limits<std::int32_t>::max()) {
      refuse(name, "its dimensions are not those of a matrix of maps");
    }
    const auto size0 = static_cast<std::uint64_t>(dim[5]);
    const auto size1 = static_cast<std::uint64_t>(dim[6]);
    const auto bytes = checked_mul(size0 * size1, type_.bytes);
    if (!bytes || header.data_offset < 0 ||
        !fits(static_cast<std::uint64_t>(header.data_offset), *bytes, file_.bytes().size())) {
      refuse(name, "is cut short: " + std::to_string(size0) + " x " + std::to_string(size1) +
                       " values do not fit into " + std::to_string(file_.bytes().size()) +
                       " bytes");
    }
    data_ = file_.bytes().subspan(static_cast<std::size_t>(header.data_offset),
                                  static_cast<std::size_t>(*bytes));
    matrix_ = read_cifti_matrix(parse_xml(container.xml, name), size0, size1, name);
    row_ = static_cast<std::size_t>(size0);
    scaled_ = std::isfinite(header.slope) && header.slope != 0 && std::isfinite(header.inter) &&
              (header.slope != 1 || header.inter != 0);
    slope_ = header.slope;
    inter_ = header.inter;
  }

  const std::vector<std::string>& names() const override { return matrix_.names; }
  std::size_t columns() const override { return matrix_.grayordinates.size(); }
  const std::vector<std::int32_t>& grayordinates() const override { return matrix_.grayordinates; }

  void read(RowRange range, float* out) const override {
    if (range.first > matrix_.names.size() || range.count > matrix_.names.size() - range.first) {
      throw Error(ErrorCode::kInternal, "maps beyond the last one");
    }
    // Values of a row lie next to each other: the loop that walks along it is the inner one.
    const std::size_t width = columns();
    if (matrix_.maps_first) {
      for (std::size_t column = 0; column < width; ++column) {
        for (std::size_t map = 0; map < range.count; ++map) {
          out[map * width + column] = value(matrix_.indices[column] * row_ + range.first + map);
        }
      }
    } else {
      for (std::size_t map = 0; map < range.count; ++map) {
        for (std::size_t column = 0; column < width; ++column) {
          out[map * width + column] = value((range.first + map) * row_ + matrix_.indices[column]);
        }
      }
    }
  }

 private:
  float value(std::size_t at) const {
    const double stored = type_.load(data_.data() + at * type_.bytes);
    return static_cast<float>(scaled_ ? slope_ * stored + inter_ : stored);
  }

  MappedFile file_;
  ByteSpan data_;
  DataType type_;
  CiftiMatrix matrix_;
  std::size_t row_ = 0;  // values of a row of the file: size of dimension 0
  bool scaled_ = false;
  double slope_ = 1;
  double inter_ = 0;
};

}  // namespace

std::unique_ptr<Maps> read_cifti_maps(const std::filesystem::path& path) {
  return std::make_unique<CiftiMaps>(path);
}

}  // namespace corticast
