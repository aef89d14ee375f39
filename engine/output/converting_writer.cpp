#include "engine/output/converting_writer.h"

#include <algorithm>
#include <utility>

#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/maps/mesh.h"
#include "engine/output/existing_output.h"
#include "engine/output/hdf5_writer.h"
#include "engine/output/part_file.h"

namespace corticast {
namespace {

class ConvertingWriter : public ResponseWriter {
 public:
  ConvertingWriter(std::filesystem::path destination, std::filesystem::path working,
                   const RunRecord& record, const Request& request, ExportOptions options,
                   bool replace, std::vector<std::string>* notes)
      : destination_(std::move(destination)),
        working_(std::move(working)),
        options_(std::move(options)) {
    check_format_holds(options_.format, request);
    refuse_folder(destination_);
    // Existing files are another run's only if they appeared after this one looked.
    options_.maps.replace = true;
    options_.maps.notes = notes;
    if (!replace && hdf5_complete(working_, record, request)) {
      failed_before_ = failed_rows(ResponseFile(working_));
      if (notes != nullptr) notes->push_back("all rows are in " + working_.string());
      return;
    }
    rows_ = open_hdf5_writer(working_, record, request, replace, notes);
    require_space(record, request);
  }

  std::vector<RowRange> missing() const override {
    return rows_ ? rows_->missing() : std::vector<RowRange>{};
  }
  std::size_t failed_before() const override {
    return rows_ ? rows_->failed_before() : failed_before_;
  }
  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus> status) override {
    if (!rows_) throw Error(ErrorCode::kInternal, "writer: rows after the last one");
    rows_->write(first_row, responses, status);
  }

  void finish() override {
    if (rows_) rows_->finish();
    rows_.reset();
    try {
      (void)export_responses(ResponseFile(working_), destination_, options_);
    } catch (const Error& error) {
      throw Error(error.code(), error.what(),
                  (error.hint().empty() ? "" : error.hint() + " ") + "All rows are in " +
                      working_.string() + ": the same command goes on from there.");
    }
    std::error_code ignored;  // what stays is removed by hand, or found complete
    std::filesystem::remove(working_, ignored);
  }

 private:
  static std::size_t failed_rows(const ResponseFile& file) {
    return static_cast<std::size_t>(
        std::count_if(file.status().begin(), file.status().end(),
                      [](const RowStatus& status) { return !status.ok; }));
  }

  // For the rows still to be written and the files that are made of all of them.
  void require_space(const RunRecord& record, const Request& request) const {
    std::uint64_t bytes = converted_bytes(options_.format, record, request);
    for (const RowRange& range : rows_->missing()) {
      bytes +=
          range.count * std::uint64_t{request.columns} * request.targets.size() * sizeof(float);
    }
    const std::uint64_t free = free_bytes_beside(destination_);
    if (bytes <= free) return;
    throw Error(ErrorCode::kOutput,
                destination_.string() + ": no room on the disk: " + grouped(bytes) +
                    " bytes needed, the rows as HDF5 included, " + grouped(free) + " free",
                "Write .h5, or make room.");
  }

  std::filesystem::path destination_;
  std::filesystem::path working_;
  ExportOptions options_;
  std::unique_ptr<ResponseWriter> rows_;  // null: all of them are in working_
  std::size_t failed_before_ = 0;
};

}  // namespace

ExportOptions conversion_of(OutputFormat format, float fill) {
  ExportOptions options;
  options.format = map_format(format);
  options.maps.fill = fill;
  return options;
}

std::unique_ptr<ResponseWriter> open_converting_writer(const std::filesystem::path& destination,
                                                       const std::filesystem::path& working,
                                                       const RunRecord& record,
                                                       const Request& request,
                                                       const ExportOptions& options, bool replace,
                                                       std::vector<std::string>* notes) {
  return std::make_unique<ConvertingWriter>(destination, working, record, request, options, replace,
                                            notes);
}

std::uint64_t converted_bytes(MapFormat format, const RunRecord& record, const Request& request) {
  constexpr std::uint64_t kXml = 630000;  // of a CIFTI file: the brain models
  const std::uint64_t whole = static_cast<std::uint64_t>(kGrayordinates) * sizeof(float);
  const std::uint64_t images = record.image_names.size();
  const std::uint64_t per_file = MapWriteOptions{}.maps_per_file;
  std::uint64_t names = 0;
  for (const std::string& name : record.image_names) names += name.size() + 100;
  std::uint64_t bytes = 2 * names;  // the sidecar and the file itself
  switch (format) {
    case MapFormat::kNpy:
      bytes += images * std::uint64_t{request.columns} * sizeof(float);
      break;
    case MapFormat::kCifti:
      bytes += images * whole + (images + per_file - 1) / per_file * kXml;
      break;
    case MapFormat::kGifti:  // 3 bytes become 4 characters
      bytes += images * 2 * std::uint64_t{kMeshVertices} * sizeof(float) / 3 * 4;
      break;
    case MapFormat::kMosaic:
      bytes += images * (whole + 1024) + (16u << 10);
      break;
  }
  return bytes * request.targets.size();
}

}  // namespace corticast
