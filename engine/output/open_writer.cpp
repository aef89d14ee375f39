#include "engine/output/open_writer.h"

#include "engine/base/error.h"
#include "engine/output/converting_writer.h"
#include "engine/output/earlier_run.h"
#include "engine/output/existing_output.h"
#include "engine/output/hdf5_writer.h"
#include "engine/output/manifest.h"

namespace corticast {

void check_output_name(const std::filesystem::path& destination) {
  if (output_format(destination, "") == OutputFormat::kHdf5) return;
  throw Error(ErrorCode::kUsage, destination.string() + ": this output is HDF5, .h5 or .hdf5",
              "Write .h5, then 'corticast export' makes the other formats of it.");
}

std::filesystem::path working_file(const std::filesystem::path& destination, OutputFormat format) {
  if (format == OutputFormat::kHdf5) return destination;
  return destination.string() + ".h5";
}

std::vector<std::filesystem::path> output_files(const std::filesystem::path& destination,
                                                const RunRecord& record, const Request& request,
                                                const OutputOptions& options) {
  if (options.format == OutputFormat::kHdf5) return {destination};
  return export_files(request, record.image_names.size(), destination,
                      conversion_of(options.format, options.fill));
}

bool already_complete(const std::filesystem::path& destination, const RunRecord& record,
                      const Request& request, const OutputOptions& options) {
  if (options.format == OutputFormat::kHdf5) {
    return hdf5_complete(destination, record, request);
  }
  return conversion_complete(destination, working_file(destination, options.format), record,
                             request, conversion_of(options.format, options.fill));
}

std::optional<std::size_t> batch_of_earlier_output(const std::filesystem::path& destination,
                                                   const Request& request,
                                                   const OutputOptions& options) {
  const auto batch = batch_of_earlier_run(working_file(destination, options.format));
  if (batch || options.format == OutputFormat::kHdf5) return batch;
  return batch_in(
      converted_manifest(request, destination, conversion_of(options.format, options.fill)));
}

OutputBytes output_bytes(const std::filesystem::path&, const RunRecord& record,
                         const Request& request, const OutputOptions& options) {
  const std::uint64_t native = hdf5_bytes(record, request);
  if (options.format == OutputFormat::kHdf5) return {native, 0};
  return {converted_bytes(map_format(options.format), record, request), native};
}

std::unique_ptr<ResponseWriter> open_writer(const std::filesystem::path& destination,
                                            const RunRecord& record, const Request& request,
                                            bool replace, std::vector<std::string>* notes,
                                            const OutputOptions& options) {
  if (options.format == OutputFormat::kHdf5) {
    check_output_name(destination);
    return open_hdf5_writer(destination, record, request, replace, notes);
  }
  return open_converting_writer(destination, working_file(destination, options.format), record,
                                request, conversion_of(options.format, options.fill), replace,
                                notes);
}

}  // namespace corticast
