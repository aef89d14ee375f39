#include "engine/output/open_writer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/hdf5_writer.h"
#include "engine/output/manifest.h"

namespace corticast {

void check_output_name(const std::filesystem::path& destination) {
  const std::string ending = destination.extension().string();
  if (ending == ".h5" || ending == ".hdf5") return;
  throw Error(ErrorCode::kUsage,
              destination.string() + ": no output format for the ending '" + ending + "'",
              "Supported: .h5 and .hdf5 (HDF5).");
}

bool already_complete(const std::filesystem::path& destination, const RunRecord& record,
                      const Request& request) {
  check_output_name(destination);
  if (!is_taken(destination)) return false;
  constexpr auto kRemedy = "Give another output name, or --force to overwrite it.";
  const std::optional<std::string> theirs = read_hdf5_manifest(destination);
  if (!theirs) {
    throw Error(ErrorCode::kOutput,
                destination.string() + ": exists and is not an output of corticast", kRemedy);
  }
  const std::string ours = run_manifest(record, request);
  const std::string difference = manifest_difference(ours, *theirs);
  if (difference.empty()) return true;
  throw Error(
      ErrorCode::kOutput,
      destination.string() + ": exists and is the output of another run (" + difference + ")",
      manifest_advice(ours, *theirs) + kRemedy);
}

std::uint64_t output_bytes(const std::filesystem::path& destination, const RunRecord& record,
                           const Request& request) {
  check_output_name(destination);
  return hdf5_bytes(record, request);
}

std::unique_ptr<ResponseWriter> open_writer(const std::filesystem::path& destination,
                                            const RunRecord& record, const Request& request,
                                            bool replace, std::vector<std::string>* notes) {
  check_output_name(destination);
  return open_hdf5_writer(destination, record, request, replace, notes);
}

}  // namespace corticast
