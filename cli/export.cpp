#include "engine/output/export.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/output/formats.h"
#include "engine/output/response_maps.h"

namespace corticast::cli {
namespace {

struct ExportFlags {
  std::string responses;
  std::string output;
  std::string format;
  std::string subjects = "all";
  std::vector<std::string> images;
  std::string fill = "nan";
  std::string progress = "auto";
  std::size_t maps_per_file = 256;
  bool cortex = false;
  bool bids = false;
  bool no_sidecar = false;
  bool force = false;
};

// --bids names files itself, so OUT is a folder and says nothing of the format.
MapFormat format_of(const ExportFlags& flags) {
  const OutputFormat format =
      flags.bids ? parse_output_format(flags.format.empty() ? "cifti" : flags.format)
                 : output_format(flags.output, flags.format);
  if (format != OutputFormat::kHdf5) return map_format(format);
  throw Error(ErrorCode::kUsage, flags.output + ": the responses are in corticast's HDF5 already",
              "For MOSAIC's layout add --format mosaic; other formats end in .npy, .dscalar.nii, "
              ".func.gii.");
}

void refuse_own_file(const ExportFlags& flags, const std::vector<std::filesystem::path>& files) {
  for (const std::filesystem::path& file : files) {
    std::error_code none;
    if (!std::filesystem::equivalent(file, flags.responses, none)) continue;
    throw Error(ErrorCode::kUsage, file.string() + ": is the file that is read",
                "Give another output name.");
  }
}

void note_failed_images(const ResponseFile& file, const std::vector<std::size_t>& rows,
                        ProgressReport& report) {
  const auto failed = static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](std::size_t row) { return !file.status()[row].ok; }));
  if (failed == 0) return;
  report.note("note: " + grouped(failed) + (failed == 1 ? " image" : " images") +
              " had failed: maps without a number (NaN), the reasons are in the sidecar");
}

int export_command(const ExportFlags& flags, const std::string& command_line) {
  ProgressReport report(parse_progress(flags.progress));
  ExportOptions options;
  options.format = format_of(flags);
  options.maps.fill = parse_fill(flags.fill);
  if (flags.cortex && options.format != MapFormat::kCifti) {
    throw Error(ErrorCode::kUsage, "--cortex is for CIFTI files only");
  }
  const ResponseFile file(flags.responses);
  options.targets = find_targets(file, flags.subjects);
  options.rows = find_images(file, flags.images);
  if (options.rows.empty()) {
    throw Error(ErrorCode::kUsage, flags.responses + ": holds no image",
                "It is a shard that got none: merge the shards first.");
  }
  options.bids = flags.bids;
  options.sidecar = !flags.no_sidecar;
  options.maps.cortex_only = flags.cortex;
  options.maps.maps_per_file = flags.maps_per_file;
  options.maps.replace = flags.force;
  options.command_line = command_line;
  const auto start = std::chrono::steady_clock::now();
  options.progress = [&](std::size_t done, std::size_t total) {
    Progress progress;
    progress.done = done;
    progress.total = total;
    progress.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.update("export", progress);
  };
  refuse_own_file(flags, export_files(file.layout(), options.rows.size(), flags.output, options));
  if (file.record().untrained) {
    report.note("warning: UNTRAINED model (synthetic weights): the maps are no prediction");
  }
  std::vector<std::string> notes;
  options.maps.notes = &notes;
  const auto files = export_responses(file, flags.output, options);
  for (const std::string& note : notes) report.note("note: " + printable(note));
  note_failed_images(file, options.rows, report);
  for (const std::filesystem::path& written : files) std::cout << written.string() << "\n";
  return 0;
}

void define_flags(CLI::App& command, ExportFlags& flags) {
  command.add_option("RESPONSES", flags.responses, "Output of corticast encode or merge")
      ->type_name("")
      ->required();
  command
      .add_option("-o,--output", flags.output,
                  "File to write: .dscalar.nii (CIFTI-2), .func.gii (GIFTI, a file for each\n"
                  "hemisphere), .npy (NumPy), .h5 with --format mosaic; a folder with --bids.\n"
                  "With several subjects a file each: OUT_sub-NSD01.dscalar.nii")
      ->type_name("OUT")
      ->required();
  command.add_option("--format", flags.format, "npy, cifti, gifti, mosaic (default: by OUT)")
      ->type_name("FORMAT")
      ->check(not_empty());
  command.add_option("--subjects", flags.subjects, "Comma-separated, as for encode, or all")
      ->type_name("LIST")
      ->capture_default_str();
  command
      .add_option("--image", flags.images,
                  "Only this image: its name, the end of it after a '/', #7 or #0-9 by position\n"
                  "from 0; may be repeated (default: all)")
      ->type_name("IMAGE")
      ->allow_extra_args(false);
  command
      .add_option("--fill", flags.fill,
                  "nan or 0: the value of grayordinates that are not predicted. Maps of images\n"
                  "that failed stay NaN")
      ->type_name("VALUE")
      ->capture_default_str();
  command.add_flag("--cortex", flags.cortex,
                   "CIFTI: the 59,412 cortical grayordinates instead of all 91,282");
  command
      .add_option("--maps-per-file", flags.maps_per_file,
                  "CIFTI, GIFTI: more maps go to further files, OUT_maps-0001 and so on")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000000}).description(""))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--bids", flags.bids,
                   "Write the folder OUT as a BIDS derivative: names by BIDS' entities, and a\n"
                   "dataset_description.json");
  command.add_flag("--no-sidecar", flags.no_sidecar,
                   "No JSON beside the files (model, images and their statuses, command lines)");
  command.add_option("--progress", flags.progress, "auto, bar, json (lines on stderr), none")
      ->type_name("MODE")
      ->capture_default_str();
  command.add_flag("--force", flags.force, "Replace existing files");
}

}  // namespace

void add_export(CLI::App& app, const std::string& command_line) {
  add_command(app, "export", "Write responses as CIFTI, GIFTI, NumPy or MOSAIC files",
              [command_line](CLI::App& command) -> Body {
                auto flags = std::make_shared<ExportFlags>();
                define_flags(command, *flags);
                return [flags, command_line] { return export_command(*flags, command_line); };
              });
}

}  // namespace corticast::cli
