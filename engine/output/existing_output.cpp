#include "engine/output/existing_output.h"

#include <algorithm>
#include <cmath>

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/maps/file_names.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/manifest.h"

namespace corticast {
namespace {

constexpr const char* kRemedy = "Give another output name, or --force to overwrite it.";
constexpr std::uint64_t kSidecarCap = std::uint64_t{1} << 30;

[[noreturn]] void refuse_foreign(const std::filesystem::path& file) {
  throw Error(ErrorCode::kOutput, file.string() + ": exists and is not an output of corticast",
              kRemedy);
}

// Throws unless both are the same run's.
void require_same_run(const std::filesystem::path& file, const std::string& ours,
                      const std::string& theirs) {
  const std::string difference = manifest_difference(ours, theirs);
  if (difference.empty()) return;
  throw Error(ErrorCode::kOutput,
              file.string() + ": exists and is the output of another run (" + difference + ")",
              manifest_advice(ours, theirs) + kRemedy);
}

struct Sidecar {
  std::string manifest;  // of the run; "": no sidecar of ours
  std::string fill;      // as JSON
};

Sidecar read_sidecar(const std::filesystem::path& file) {
  try {
    const std::vector<std::byte> bytes = read_file(file, kSidecarCap, ErrorCode::kOutput);
    const Json facts = parse_json(as_text(bytes));
    const Json* const manifest = facts.find("Manifest");
    const Json* const fill = facts.find("fill");
    return {manifest == nullptr ? "" : manifest->dump(), fill == nullptr ? "" : fill->dump()};
  } catch (const Error&) {
    return {};
  } catch (const JsonError&) {
    return {};
  }
}

// As sidecar.h writes it.
std::string fill_in_sidecar(float fill) {
  return (std::isnan(fill) ? Json("nan") : Json(double{fill})).dump();
}

bool is_own_leftover(const std::filesystem::path& working, const std::string& ours) {
  const std::optional<std::string> theirs = read_hdf5_manifest(working);
  return theirs && manifest_difference(ours, *theirs).empty();
}

}  // namespace

bool hdf5_complete(const std::filesystem::path& destination, const RunRecord& record,
                   const Request& request) {
  if (!is_taken(destination)) return false;
  const std::optional<std::string> theirs = read_hdf5_manifest(destination);
  if (!theirs) refuse_foreign(destination);
  require_same_run(destination, run_manifest(record, request), *theirs);
  return true;
}

bool conversion_complete(const std::filesystem::path& destination,
                         const std::filesystem::path& working, const RunRecord& record,
                         const Request& request, const ExportOptions& options) {
  const std::string ours = run_manifest(record, request);
  if (is_own_leftover(working, ours)) return false;
  std::vector<std::filesystem::path> files =
      export_files(request, record.image_names.size(), destination, options);
  std::vector<std::filesystem::path> sidecars = export_sidecars(request, destination, options);
  std::vector<std::filesystem::path> all = files;
  all.insert(all.end(), sidecars.begin(), sidecars.end());
  const auto taken = std::find_if(all.begin(), all.end(), is_taken);
  if (taken == all.end()) return false;
  for (const std::filesystem::path& sidecar : sidecars) {
    const Sidecar theirs = read_sidecar(sidecar);
    if (theirs.manifest.empty()) refuse_foreign(is_taken(sidecar) ? sidecar : *taken);
    require_same_run(sidecar, ours, theirs.manifest);
    if (theirs.fill == fill_in_sidecar(options.maps.fill)) continue;
    throw Error(ErrorCode::kOutput,
                sidecar.string() + ": exists and is of this run with --fill " + theirs.fill,
                kRemedy);
  }
  const auto missing = std::find_if_not(files.begin(), files.end(), is_taken);
  if (missing == files.end()) return true;
  throw Error(
      ErrorCode::kOutput,
      sidecars.front().string() + ": is of this very run, but " + missing->string() + " is missing",
      kRemedy);
}

std::string converted_manifest(const Request& request, const std::filesystem::path& destination,
                               const ExportOptions& options) {
  const std::vector<std::filesystem::path> sidecars =
      export_sidecars(request, destination, options);
  return sidecars.empty() ? "" : read_sidecar(sidecars.front()).manifest;
}

}  // namespace corticast
