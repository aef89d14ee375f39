#include "engine/output/earlier_run.h"

#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/manifest.h"
#include "engine/output/unfinished_file.h"

namespace corticast {
namespace {

using Kind = UnfinishedFile::Kind;

std::filesystem::path part_of(const std::filesystem::path& destination) {
  return destination.string() + ".part";
}

void note(std::vector<std::string>* notes, const std::string& text) {
  if (notes != nullptr) notes->push_back(text);
}

std::string rows_in_words(std::size_t rows) {
  return grouped(rows) + (rows == 1 ? " finished row" : " finished rows");
}

std::optional<EarlierRows> start_anew(const std::string& part, const UnfinishedFile& found,
                                      std::vector<std::string>* notes) {
  note(notes, found.kind == Kind::kOurs
                  ? "starting anew: " + rows_in_words(found.done_rows) + " of " + part + " dropped"
                  : "starting anew: " + part + " cannot be read (" + found.reason + ")");
  return std::nullopt;
}

}  // namespace

std::optional<EarlierRows> earlier_rows(const std::filesystem::path& destination,
                                        const RunRecord& record, const Request& request,
                                        bool replace, std::vector<std::string>* notes) {
  const std::string part = part_of(destination).string();
  UnfinishedFile found = read_unfinished(part);
  if (found.kind == Kind::kNothing) {
    std::error_code error;
    const bool begun = std::filesystem::file_size(part, error) > 0 && !error;
    if (begun) note(notes, "starting anew: " + part + " was left before its first row");
    return std::nullopt;
  }
  if (found.kind == Kind::kForeign) {
    throw Error(ErrorCode::kOutput, part + ": is not an unfinished output of corticast",
                "Move it away, or give another output name.");
  }
  if (replace) return start_anew(part, found, notes);
  if (found.kind == Kind::kUnreadable) {
    throw Error(ErrorCode::kOutput, part + ": cannot be read: " + found.reason,
                "Run the command again; --force starts anew without its finished rows.");
  }
  const std::string ours = run_manifest(record, request);
  const std::string difference = manifest_difference(ours, found.manifest);
  if (!difference.empty()) {
    throw Error(ErrorCode::kUsage,
                part + ": is another run's, with " + rows_in_words(found.done_rows) + " (" +
                    difference + ")",
                manifest_advice(ours, found.manifest) +
                    "Finish that run with its own options, give another output name, or --force "
                    "to drop its rows and start anew.");
  }
  if (found.done.size() != record.image_names.size()) {
    throw Error(ErrorCode::kOutput,
                part + ": has a journal of " + grouped(found.done.size()) + " rows, not " +
                    grouped(record.image_names.size()),
                "It is damaged: --force starts anew without its finished rows.");
  }
  note(notes, "going on from " + part + ": " + grouped(found.done_rows) + " of " +
                  grouped(found.done.size()) + " images are done");
  return EarlierRows{std::move(found.done), found.done_rows, found.failed_rows};
}

std::optional<std::size_t> batch_of_earlier_run(const std::filesystem::path& destination) {
  if (is_taken(destination)) {
    const auto manifest = read_hdf5_manifest(destination);
    return manifest ? batch_in(*manifest) : std::nullopt;
  }
  const UnfinishedFile found = read_unfinished(part_of(destination));
  return found.kind == Kind::kOurs ? batch_in(found.manifest) : std::nullopt;
}

}  // namespace corticast
