#include "engine/maps/npy_maps.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/text.h"
#include "engine/maps/fill.h"
#include "engine/maps/map_files.h"

namespace corticast {
namespace {

constexpr std::size_t kBlockValues = std::size_t{4} << 20;  // 16 MB at a time

using Narrow = float (*)(const std::byte*);

template <typename T>
float narrow(const std::byte* item) {
  return static_cast<float>(load_le<T>(item));
}

Narrow narrow_of(const std::string& dtype) {
  const std::string type = dtype.substr(1);
  if (type == "f4") return narrow<float>;
  if (type == "f8") return narrow<double>;
  if (type == "i1") return narrow<std::int8_t>;
  if (type == "i2") return narrow<std::int16_t>;
  if (type == "i4") return narrow<std::int32_t>;
  if (type == "i8") return narrow<std::int64_t>;
  if (type == "u1" || type == "b1") return narrow<std::uint8_t>;
  if (type == "u2") return narrow<std::uint16_t>;
  if (type == "u4") return narrow<std::uint32_t>;
  if (type == "u8") return narrow<std::uint64_t>;
  return nullptr;
}

std::vector<std::int32_t> first_grayordinates(std::int32_t count) {
  std::vector<std::int32_t> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), 0);
  return list;
}

// The space that has so many grayordinates; empty if none has.
std::vector<std::int32_t> grayordinates_of(std::uint64_t columns) {
  for (const VertexSet set : {VertexSet::kAll, VertexSet::kVisual}) {
    if (vertex_list(set).size() == columns) return vertex_list(set);
  }
  for (const std::int32_t count : {kCortex, kGrayordinates}) {
    if (static_cast<std::uint64_t>(count) == columns) return first_grayordinates(count);
  }
  return {};
}

class NpyMaps final : public Maps {
 public:
  explicit NpyMaps(const std::filesystem::path& path)
      : file_(path, ErrorCode::kUsage),
        header_(parse_npy(file_.bytes(), path.string(), ErrorCode::kUsage, NpyOrder::kEither)),
        narrow_(narrow_of(header_.dtype)) {
    if (narrow_ == nullptr) {
      throw Error(ErrorCode::kUsage, path.string() + ": its numbers are '" + header_.dtype + "'",
                  "Save float32: numpy.save(path, array.astype('float32')).");
    }
    const std::size_t dimensions = header_.shape.size();
    if ((dimensions != 1 && dimensions != 2) || header_.shape.back() == 0) {
      throw Error(
          ErrorCode::kUsage,
          path.string() + ": has " + std::to_string(dimensions) +
              (dimensions == 1 || dimensions == 2 ? " dimensions and no columns" : " dimensions"),
          "Maps are an array [maps, columns], or [columns] for one map.");
    }
    columns_ = header_.shape.back();
    const std::uint64_t maps = dimensions == 2 ? header_.shape.front() : 1;
    grayordinates_ = grayordinates_of(columns_);
    names_.reserve(maps);
    for (std::uint64_t i = 0; i < maps; ++i) names_.push_back("#" + std::to_string(i));
  }

  const std::vector<std::string>& names() const override { return names_; }
  std::size_t columns() const override { return columns_; }
  const std::vector<std::int32_t>& grayordinates() const override { return grayordinates_; }

  void read(RowRange range, float* out) const override {
    if (range.first > names_.size() || range.count > names_.size() - range.first) {
      throw Error(ErrorCode::kInternal, "maps beyond the last one");
    }
    const std::size_t map_step = header_.fortran ? 1 : columns_;
    const std::size_t column_step = header_.fortran ? names_.size() : 1;
    const std::byte* const items = file_.bytes().data() + header_.data_offset;
    if (header_.dtype == "<f4" && !header_.fortran) {  // as it lies
      const std::size_t first = range.first * columns_ * sizeof(float);
      std::memcpy(out, items + first, range.count * columns_ * sizeof(float));
      forget(range);
      return;
    }
    for (std::size_t map = range.first; map < range.first + range.count; ++map) {
      for (std::size_t column = 0; column < columns_; ++column) {
        *out++ = narrow_(items + (map * map_step + column * column_step) * header_.item_bytes);
      }
    }
    if (!header_.fortran) forget(range);
  }

 private:
  void forget(RowRange range) const {
    const std::size_t map_bytes = columns_ * header_.item_bytes;
    file_.forget(file_.bytes().subspan(header_.data_offset + range.first * map_bytes,
                                       range.count * map_bytes));
  }

  MappedFile file_;
  NpyHeader header_;
  Narrow narrow_;
  std::size_t columns_ = 0;
  std::vector<std::string> names_;
  std::vector<std::int32_t> grayordinates_;
};

}  // namespace

std::vector<std::filesystem::path> write_npy_maps(const Maps& maps,
                                                  const std::filesystem::path& destination,
                                                  const MapWriteOptions& options) {
  refuse_existing({destination}, options.replace);
  const std::size_t count = maps.names().size();
  const std::size_t columns = maps.columns();
  PendingFile file(destination);
  const std::string header = make_npy_header("<f4", {count, columns});
  file.write(header.data(), header.size());
  const std::size_t at_once = std::max<std::size_t>(1, kBlockValues / columns);
  std::vector<float> block(std::min(at_once, count) * columns);
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t here = std::min(at_once, count - first);
    maps.read({first, here}, block.data());
    for (std::size_t i = 0; i < here; ++i) {
      fill_missing({block.data() + i * columns, columns}, options.fill);
    }
    file.write(block.data(), here * columns * sizeof(float));
  }
  file.commit();
  return {destination};
}

std::unique_ptr<Maps> read_npy_maps(const std::filesystem::path& path) {
  return std::make_unique<NpyMaps>(path);
}

}  // namespace corticast
