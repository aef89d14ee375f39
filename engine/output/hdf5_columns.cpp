#include "engine/output/hdf5_columns.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/checked_math.h"
#include "engine/base/hdf5_handle.h"
#include "engine/base/text.h"

namespace corticast::hdf5 {
namespace {

std::string in_words(const Request& request) {
  const std::string count = grouped(request.columns);
  if (request.reduction) {
    const std::string& kind = request.reduction->kind;
    const std::string what = kind == "roi-mean"     ? "means of areas"
                             : kind == "group-mean" ? "means of Glasser groups"
                                                    : "weighted sums by the rows of a matrix";
    return what + ": " + count + ", of " + grouped(request.rows.size()) +
           " vertices; names in /outputs";
  }
  if (request.labels.grayordinate.empty()) {
    return count + " rows of the model's readout, ascending; the model has no atlas";
  }
  if (request.positions.empty()) {
    return count + " cortical vertices, ascending grayordinate; labels in /vertices";
  }
  return "all " + count + " grayordinates of the 32k fsLR space; NaN where not selected (" +
         grouped(request.rows.size()) + " are) or not predicted by the model; labels in /vertices";
}

void write_texts(hid_t file, const char* path, const std::vector<std::string>& texts) {
  const Handle type = text_type(true);
  std::vector<const char*> pointers(texts.size());
  std::transform(texts.begin(), texts.end(), pointers.begin(),
                 [](const std::string& text) { return text.c_str(); });
  write_vector(file, path, type.get(), type.get(), pointers.data(), texts.size());
}

void write_outputs(hid_t file, const Reduction& reduction,
                   const std::vector<std::int32_t>& vertices) {
  write_attribute(file, "reduction", reduction.kind);
  if (!reduction.digest.empty()) write_attribute(file, "matrix_sha256", reduction.digest);
  write_texts(file, "/outputs/name", reduction.names);
  write_vector(file, "/outputs/vertices", H5T_STD_I32LE, H5T_NATIVE_INT32, vertices.data(),
               vertices.size());
}

void write_vertices(hid_t file, const ColumnLabels& labels) {
  const std::size_t columns = labels.grayordinate.size();
  write_vector(file, "/vertices/grayordinate", H5T_STD_I32LE, H5T_NATIVE_INT32,
               labels.grayordinate.data(), columns);
  write_vector(file, "/vertices/group", H5T_STD_U8LE, H5T_NATIVE_UINT8, labels.group.data(),
               columns);
  write_texts(file, "/vertices/roi", labels.roi);
}

}  // namespace

void write_columns(hid_t file, const Request& request, const std::optional<Inherited>& inherited) {
  write_attribute(file, "columns", inherited ? inherited->columns : in_words(request));
  if (request.reduction) {
    write_outputs(file, *request.reduction,
                  inherited ? inherited->output_vertices : vertex_counts(*request.reduction));
  } else if (!request.labels.grayordinate.empty()) {
    write_vertices(file, request.labels);
  }
}

std::uint64_t column_bytes(const Request& request) {
  constexpr std::uint64_t kReference = 16;  // to a string, which lies in a heap
  std::uint64_t bytes =
      std::uint64_t{request.labels.grayordinate.size()} * (4 + 1 + kReference + 32);
  if (!request.reduction) return bytes;
  for (const std::string& name : request.reduction->names) {
    bytes += 4 + kReference + 16 + round_up(name.size() + 1, 8);
  }
  return bytes;
}

}  // namespace corticast::hdf5
