#include "cli/compared_files.h"

#include <utility>

#include "cli/program.h"
#include "cli/statistics.h"
#include "cli/words.h"
#include "engine/analysis/columns.h"
#include "engine/analysis/map_views.h"
#include "engine/analysis/matching.h"
#include "engine/base/text.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/response_maps.h"

namespace corticast::cli {
namespace {

// Trials of one stimulus become one map, or are said to be taken one by one.
void find_stimuli(ComparedFiles& files, bool average, ProgressReport& report) {
  const std::vector<std::string>& names = files.measured_file->names();
  Repetitions repetitions = repetitions_of(names);
  if (average) {
    report.note(grouped(names.size()) + " measured maps averaged to " +
                grouped(repetitions.stimuli.size()) +
                (repetitions.stimuli.size() == 1 ? " stimulus" : " stimuli"));
    files.means = std::make_unique<MeanMaps>(*files.measured_file, repetitions.stimuli,
                                             std::move(repetitions.members));
    files.stimuli = std::move(repetitions.stimuli);
    return;
  }
  if (repetitions.largest > 1) {
    report.note("note: " + grouped(names.size()) + " measured maps are of " +
                grouped(repetitions.stimuli.size()) +
                " stimuli; each is taken by itself (--average averages repetitions)");
  }
  files.stimuli.reserve(names.size());
  for (const std::string& name : names) files.stimuli.push_back(trial_of(name).stimulus);
}

void choose_columns(ComparedFiles& files, const ComparedFlags& flags, ProgressReport& report) {
  const SharedColumns shared =
      shared_columns(*files.predicted, flags.predicted, *files.measured_file, flags.measured);
  if (shared.by_position) {
    report.note("note: only one of the files knows its vertices; columns are taken in order");
  } else if (shared.left.size() < files.predicted->columns()) {
    report.note("note: " + grouped(files.predicted->columns()) + " predicted and " +
                grouped(files.measured_file->columns()) + " measured columns share " +
                count_of(shared.left.size(), "vertex"));
  }
  std::vector<std::string> notes;
  const std::vector<std::size_t> chosen =
      columns_of_areas(shared.grayordinates, shared.left.size(), flags.roi, flags.groups, notes);
  for (const std::string& note : notes) report.note("note: " + printable(note));
  files.predicted_columns.reserve(chosen.size());
  files.measured_columns.reserve(chosen.size());
  for (const std::size_t column : chosen) {
    files.predicted_columns.push_back(shared.left[column]);
    files.measured_columns.push_back(shared.right[column]);
    if (!shared.grayordinates.empty()) {
      files.grayordinates.push_back(shared.grayordinates[column]);
    }
  }
}

}  // namespace

void define_compared_flags(CLI::App& command, ComparedFlags& flags) {
  command
      .add_option("PREDICTED", flags.predicted,
                  "Output of corticast, or any file of maps (.dscalar.nii, .func.gii, .npy, "
                  "MOSAIC's HDF5)")
      ->type_name("")
      ->required();
  command.add_option("MEASURED", flags.measured, "Measured responses, in any of these formats")
      ->type_name("")
      ->required();
  command.add_option("--subject", flags.subject, "Whose predictions, if the file has several")
      ->type_name("SUBJECT")
      ->check(not_empty());
  command
      .add_option("--measured-subject", flags.measured_subject,
                  "Whose measurements, if the file has several, and whose noise ceiling\n"
                  "(default: --subject)")
      ->type_name("SUBJECT")
      ->check(not_empty());
  command
      .add_option("--match", flags.match,
                  "How images find each other: name (whole), file (after the last '/'), stem\n"
                  "(that without .jpg), auto (the first of these that finds any), order")
      ->type_name("HOW")
      ->capture_default_str();
  command.add_flag("--average", flags.average,
                   "Average repetitions: maps of one name, or named alike up to _rep-N\n"
                   "(MOSAIC: sub-01_NSD_stimulus-NAME_phase-test_rep-0)");
}

ComparedFiles open_compared(const ComparedFlags& flags, ProgressReport& report) {
  ComparedFiles files;
  files.predicted = open_maps(flags.predicted, flags.subject);
  // A measurement that is a file of corticast (another model's responses) is of the same subject
  // unless told otherwise; other files have one, and --measured-subject is for the ceiling only.
  const bool own = read_hdf5_manifest(flags.measured).has_value();
  const std::string& other =
      flags.measured_subject.empty() ? flags.subject : flags.measured_subject;
  files.measured_file = open_maps(flags.measured, own ? other : "");
  warn_if_untrained(flags.predicted, report);
  find_stimuli(files, flags.average, report);
  choose_columns(files, flags, report);
  return files;
}

}  // namespace corticast::cli
