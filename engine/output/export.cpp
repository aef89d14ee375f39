#include "engine/output/export.h"

#include <numeric>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/maps/map_files.h"
#include "engine/output/export_names.h"
#include "engine/output/provenance.h"
#include "engine/output/response_maps.h"

namespace corticast {
namespace {

std::vector<std::size_t> or_all(const std::vector<std::size_t>& chosen, std::size_t count) {
  if (!chosen.empty()) return chosen;
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::filesystem::path file_of(const Target& target, const std::filesystem::path& destination,
                              const ExportOptions& options, bool several) {
  if (options.bids) {
    return destination / bids_file(target, options.format, options.maps.cortex_only);
  }
  return several ? subject_file(destination, target) : destination;
}

// Passes on, and counts what is read.
class CountedMaps final : public Maps {
 public:
  CountedMaps(const Maps& maps, const std::function<void(std::size_t)>& count)
      : maps_(maps), count_(count) {}
  const std::vector<std::string>& names() const override { return maps_.names(); }
  std::size_t columns() const override { return maps_.columns(); }
  const std::vector<std::int32_t>& grayordinates() const override { return maps_.grayordinates(); }
  void read(RowRange range, float* out) const override {
    maps_.read(range, out);
    count_(range.count);
  }

 private:
  const Maps& maps_;
  const std::function<void(std::size_t)>& count_;
};

// A folder that is a dataset already stays the one that it is.
void describe_dataset(const std::filesystem::path& folder, const RunRecord& record) {
  const std::filesystem::path name = folder / "dataset_description.json";
  if (is_taken(name)) return;
  const std::string text = dataset_description(record);
  PendingFile file(name);
  file.write(text.data(), text.size());
  file.commit();
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::kOutput, folder.string() + ": cannot create: " + error.message());
  }
}

}  // namespace

void check_format_holds(MapFormat format, const Request& layout) {
  if (format == MapFormat::kNpy) return;
  if (layout.reduction) {
    throw Error(ErrorCode::kUsage,
                "the columns are reductions of vertices (" + layout.reduction->kind +
                    "), which have no place on the cortex",
                "Write .npy or .h5, or compute the vertices: without --reduce.");
  }
  if (layout.labels.grayordinate.empty()) {
    throw Error(ErrorCode::kUsage,
                "the model has no atlas, so its columns have no place on the cortex",
                "Write .npy or .h5.");
  }
}

std::vector<std::filesystem::path> export_files(const Request& layout, std::size_t images,
                                                const std::filesystem::path& destination,
                                                const ExportOptions& options) {
  const std::vector<std::size_t> targets = or_all(options.targets, layout.targets.size());
  const std::size_t maps = options.rows.empty() ? images : options.rows.size();
  std::vector<std::filesystem::path> files;
  for (const std::size_t target : targets) {
    const auto own =
        planned_files(options.format,
                      file_of(layout.targets.at(target), destination, options, targets.size() > 1),
                      layout.labels.grayordinate, maps, options.maps.maps_per_file);
    files.insert(files.end(), own.begin(), own.end());
  }
  return files;
}

std::vector<std::filesystem::path> export_sidecars(const Request& layout,
                                                   const std::filesystem::path& destination,
                                                   const ExportOptions& options) {
  std::vector<std::filesystem::path> sidecars;
  if (!options.sidecar) return sidecars;
  const std::vector<std::size_t> targets = or_all(options.targets, layout.targets.size());
  sidecars.reserve(targets.size());
  for (const std::size_t target : targets) {
    sidecars.push_back(
        sidecar_name(file_of(layout.targets.at(target), destination, options, targets.size() > 1)));
  }
  return sidecars;
}

std::vector<std::filesystem::path> export_responses(const ResponseFile& file,
                                                    const std::filesystem::path& destination,
                                                    const ExportOptions& options) {
  const Request& layout = file.layout();
  check_format_holds(options.format, layout);
  const std::vector<std::size_t> targets = or_all(options.targets, layout.targets.size());
  const std::vector<std::size_t> rows = or_all(options.rows, file.record().image_names.size());
  refuse_existing(export_files(layout, rows.size(), destination, options), options.maps.replace);
  if (options.bids) {
    make_folder(destination);
    describe_dataset(destination, file.record());
  }
  std::size_t done = 0;
  const std::function<void(std::size_t)> count = [&](std::size_t maps) {
    done += maps;
    if (options.progress) options.progress(done, rows.size() * targets.size());
  };
  std::vector<std::filesystem::path> files;
  for (const std::size_t target : targets) {
    const std::filesystem::path name =
        file_of(layout.targets.at(target), destination, options, targets.size() > 1);
    if (options.bids) make_folder(name.parent_path());
    MapWriteOptions writing = options.maps;
    if (options.sidecar) {
      writing.provenance = provenance(file, target, rows, options.command_line);
    }
    const auto maps = response_maps(file, target, rows);
    const auto own = write_maps(CountedMaps(*maps, count), options.format, name, writing);
    files.insert(files.end(), own.begin(), own.end());
  }
  return files;
}

}  // namespace corticast
