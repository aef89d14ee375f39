#include <algorithm>
#include <span>

#include "engine/atlas/vertices.h"
#include "engine/base/file.h"
#include "engine/maps/cifti_maps.h"
#include "engine/maps/cifti_xml.h"
#include "engine/maps/fill.h"
#include "engine/maps/map_files.h"
#include "engine/maps/map_names.h"
#include "engine/maps/nifti2.h"

namespace corticast {
namespace {

constexpr std::size_t kBlockRows = 256;  // grayordinates at a time
constexpr std::int32_t kNone = -1;

// Column of each grayordinate that a file holds, kNone where the maps have none.
std::vector<std::int32_t> columns_of_rows(const Maps& maps, std::int32_t rows) {
  std::vector<std::int32_t> columns(static_cast<std::size_t>(rows), kNone);
  std::int32_t column = 0;
  for (const std::int32_t grayordinate : maps.grayordinates()) {
    if (grayordinate < rows) columns[static_cast<std::size_t>(grayordinate)] = column;
    ++column;
  }
  return columns;
}

// Maps follow each other in memory and grayordinates in the file: block by block, so that memory is
// one chunk of maps and each value is moved while its neighbours are in the cache.
// values: [maps, width].
void write_values(PendingFile& file, const float* values, std::size_t maps, std::size_t width,
                  std::span<const std::int32_t> column_of_row, float fill) {
  std::vector<float> block(kBlockRows * maps);
  for (std::size_t first = 0; first < column_of_row.size(); first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, column_of_row.size() - first);
    for (std::size_t map = 0; map < maps; ++map) {
      const float* const from = values + map * width;
      for (std::size_t row = 0; row < rows; ++row) {
        const std::int32_t column = column_of_row[first + row];
        block[row * maps + map] = column == kNone ? fill : from[column];
      }
    }
    file.write(block.data(), rows * maps * sizeof(float));
  }
}

}  // namespace

std::vector<std::filesystem::path> write_cifti_maps(const Maps& maps,
                                                    const std::filesystem::path& destination,
                                                    const MapWriteOptions& options) {
  const std::int32_t rows = options.cortex_only ? kCortex : kGrayordinates;
  const std::vector<std::int32_t> column_of_row = columns_of_rows(maps, rows);
  const std::vector<std::string> names = harmless_names(maps.names(), options.notes);
  const std::vector<MapChunk> chunks = map_chunks(maps.names().size(), options.maps_per_file);

  std::vector<std::filesystem::path> files;
  files.reserve(chunks.size());
  for (const MapChunk& chunk : chunks) {
    files.push_back(map_file_name(destination, "", chunk.number));
  }
  refuse_existing(files, options.replace);

  std::vector<float> values;
  for (std::size_t f = 0; f < files.size(); ++f) {
    const RowRange range = chunks[f].maps;
    values.resize(range.count * maps.columns());
    maps.read(range, values.data());
    for (std::size_t map = 0; map < range.count; ++map) {
      fill_missing({values.data() + map * maps.columns(), maps.columns()}, options.fill);
    }
    const auto first = names.begin() + static_cast<std::ptrdiff_t>(range.first);
    const std::string head =
        make_cifti_head(range.count, column_of_row.size(),
                        make_cifti_xml({first, first + static_cast<std::ptrdiff_t>(range.count)},
                                       options.cortex_only));
    PendingFile file(files[f]);
    file.write(head.data(), head.size());
    write_values(file, values.data(), range.count, maps.columns(), column_of_row, options.fill);
    file.commit();
  }
  return files;
}

}  // namespace corticast
