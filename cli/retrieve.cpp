#include "engine/analysis/retrieve.h"

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/retrieve_report.h"
#include "cli/statistics.h"
#include "cli/words.h"
#include "engine/analysis/columns.h"
#include "engine/analysis/map_views.h"
#include "engine/analysis/matching.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/base/threads.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/response_maps.h"
#include "kernels/cpu/threads.h"

namespace corticast::cli {
namespace {

struct RetrieveFlags {
  std::string predicted, measured;
  std::string subject, measured_subject;
  std::string match = "auto";
  std::string per = "all";
  std::vector<std::string> roi;
  std::string groups;
  std::string top = "1,5,10";
  std::size_t listed = 10;
  std::string output, correlations;
  std::size_t memory = 1024;  // MiB
  std::string progress = "auto";
  bool average = false;
  bool json = false;
  bool force = false;
};

// Candidates and patterns over the same vertices, and which candidate each pattern is of.
struct Comparison {
  std::unique_ptr<Maps> predicted_file, measured_file, means;
  std::unique_ptr<SelectedMaps> candidates, patterns;
  std::vector<std::optional<std::size_t>> truth;
  std::vector<TableArea> areas;
};

std::vector<unsigned> parse_top(const std::string& words) {
  std::vector<unsigned> top;
  for (const std::string& word : split_list(words)) {
    unsigned k = 0;
    if (!parse_number(word, k) || k == 0) {
      throw Error(ErrorCode::kUsage, "--top " + printable(word) + " is no number of images",
                  "Numbers from 1, comma-separated: --top 1,5,10.");
    }
    top.push_back(k);
  }
  if (top.empty()) throw Error(ErrorCode::kUsage, "--top names no number", "Say --top 1,5,10.");
  return top;
}

std::vector<TableArea> areas_at(const std::string& level, std::vector<TableArea> areas) {
  const std::vector<std::string> levels = {"all", "hemisphere", "group", "roi"};
  if (std::find(levels.begin(), levels.end(), level) == levels.end()) {
    throw Error(ErrorCode::kUsage, "--per " + printable(level) + " is no level of areas",
                "all, hemisphere, group or roi.");
  }
  std::erase_if(areas, [&](const TableArea& area) { return area.level != level; });
  if (areas.empty()) {
    throw Error(ErrorCode::kUsage, "--per " + level + ": the columns are not tied to vertices",
                "Use files that know their vertices, or --per all.");
  }
  return areas;
}

// Trials of a stimulus become one pattern where that was asked for; returns what each is of.
std::vector<std::string> stimuli_of(Comparison& comparison, bool average) {
  const std::vector<std::string>& names = comparison.measured_file->names();
  if (average) {
    Repetitions repetitions = repetitions_of(names);
    comparison.means = std::make_unique<MeanMaps>(*comparison.measured_file, repetitions.stimuli,
                                                  repetitions.members);
    return repetitions.stimuli;
  }
  std::vector<std::string> stimuli;
  stimuli.reserve(names.size());
  for (const std::string& name : names) stimuli.push_back(trial_of(name).stimulus);
  return stimuli;
}

void find_truth(Comparison& comparison, const RetrieveFlags& flags,
                const std::vector<std::string>& stimuli, ProgressReport& report) {
  const Match match =
      match_names(comparison.predicted_file->names(), stimuli, parse_match(flags.match));
  comparison.truth.resize(stimuli.size());
  for (std::size_t i = 0; i < match.left.size(); ++i) {
    comparison.truth[match.right[i]] = match.left[i];
  }
  if (match.right_alone.empty()) return;
  report.note("note: " + count_of(match.right_alone.size(), "pattern") +
              " whose image is no candidate, ranked without a truth: " +
              printable(some_names(stimuli, match.right_alone)));
}

void choose_columns(Comparison& comparison, const RetrieveFlags& flags, ProgressReport& report) {
  const SharedColumns shared = shared_columns(*comparison.predicted_file, flags.predicted,
                                              *comparison.measured_file, flags.measured);
  if (shared.by_position) {
    report.note("note: only one of the files knows its vertices; columns are taken in order");
  }
  std::vector<std::string> notes;
  const std::vector<std::size_t> chosen =
      columns_of_areas(shared.grayordinates, shared.left.size(), flags.roi, flags.groups, notes);
  for (const std::string& note : notes) report.note("note: " + printable(note));
  if (chosen.size() < 2) {
    throw Error(ErrorCode::kUsage,
                "one vertex is no pattern: a correlation over vertices needs at least 2",
                "Select more with --roi or --group, or leave them out.");
  }
  std::vector<std::size_t> left(chosen.size()), right(chosen.size());
  std::vector<std::int32_t> grayordinates;
  grayordinates.reserve(chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    left[i] = shared.left[chosen[i]];
    right[i] = shared.right[chosen[i]];
    if (!shared.grayordinates.empty()) grayordinates.push_back(shared.grayordinates[chosen[i]]);
  }
  comparison.areas = areas_at(flags.per, table_areas(grayordinates, chosen.size()));
  const Maps& patterns = comparison.means ? *comparison.means : *comparison.measured_file;
  comparison.candidates = std::make_unique<SelectedMaps>(
      *comparison.predicted_file, all_of(comparison.predicted_file->names().size()), left);
  comparison.patterns =
      std::make_unique<SelectedMaps>(patterns, all_of(patterns.names().size()), right);
}

Comparison open_comparison(const RetrieveFlags& flags, ProgressReport& report) {
  Comparison comparison;
  comparison.predicted_file = open_maps(flags.predicted, flags.subject);
  const bool own = read_hdf5_manifest(flags.measured).has_value();
  comparison.measured_file =
      open_maps(flags.measured,
                flags.measured_subject.empty() && own ? flags.subject : flags.measured_subject);
  find_truth(comparison, flags, stimuli_of(comparison, flags.average), report);
  choose_columns(comparison, flags, report);
  return comparison;
}

void check_outputs(const RetrieveFlags& flags) {
  for (const std::string& file : {flags.output, flags.correlations}) {
    if (file.empty()) continue;
    refuse_folder(file);
    if (!flags.force && is_taken(file)) {
      throw Error(ErrorCode::kOutput, file + ": exists already", "--force replaces it.");
    }
  }
  if (!flags.correlations.empty() && flags.per != "all") {
    throw Error(ErrorCode::kUsage, "--similarity is one matrix, --per " + flags.per + " many",
                "Leave --per out, and select an area with --roi or --group.");
  }
  if (!flags.correlations.empty() && !flags.correlations.ends_with(".npy")) {
    throw Error(ErrorCode::kUsage, flags.correlations + ": a matrix is written as .npy",
                "Give it a name that ends in .npy.");
  }
}

void tell_left_out(const Retrieval& retrieval, ProgressReport& report) {
  const auto tell = [&](std::size_t count, const std::string& noun, const std::string& why) {
    if (count > 0) report.note("note: " + count_of(count, noun) + why);
  };
  tell(retrieval.failed_candidates, "candidate", " without a value (failed), left out");
  tell(retrieval.failed_patterns, "pattern", " without a value, left out");
  tell(retrieval.left_out, "vertex", " without a value in some image, left out");
}

int retrieve_command(const RetrieveFlags& flags) {
  ProgressReport report(parse_progress(flags.progress));
  const std::vector<unsigned> top = parse_top(flags.top);
  check_outputs(flags);
  const Comparison comparison = open_comparison(flags, report);
  const kernels::cpu::ThreadScope threads(usable_threads());
  RetrieveOptions options;
  options.top = flags.output.empty() ? 0 : flags.listed;
  options.memory = std::uint64_t{flags.memory} << 20;
  options.correlations = !flags.correlations.empty();
  options.progress = block_progress(report, "retrieve");
  const Retrieval retrieval = retrieve(*comparison.candidates, *comparison.patterns,
                                       comparison.truth, comparison.areas, options);
  tell_left_out(retrieval, report);
  const RetrievalNames names{comparison.areas, comparison.candidates->names(),
                             comparison.patterns->names(), comparison.truth};
  if (!flags.output.empty()) {
    write_rankings(flags.output, names, retrieval, flags.listed, flags.force);
    report.note("wrote " + printable(flags.output));
  }
  if (!flags.correlations.empty()) {
    write_correlations(flags.correlations, names, retrieval, flags.force);
    report.note("wrote " + printable(flags.correlations));
  }
  flags.json ? print_retrieval_json(names, retrieval, top) : print_retrieval(names, retrieval, top);
  return 0;
}

void define_files(CLI::App& command, RetrieveFlags& flags) {
  command
      .add_option("PREDICTED", flags.predicted,
                  "Predictions for the candidate images: an output of corticast, or any file of\n"
                  "maps (.dscalar.nii, .func.gii, .npy, MOSAIC's HDF5)")
      ->type_name("")
      ->required();
  command.add_option("MEASURED", flags.measured, "Measured patterns, in any of these formats")
      ->type_name("")
      ->required();
  command.add_option("--subject", flags.subject, "Whose predictions, if the file has several")
      ->type_name("SUBJECT")
      ->check(not_empty());
  command
      .add_option("--measured-subject", flags.measured_subject,
                  "Whose measurements, if the file has several (default: --subject)")
      ->type_name("SUBJECT")
      ->check(not_empty());
  command
      .add_option("--match", flags.match,
                  "How a pattern finds the candidate that was seen: name, file, stem, auto,\n"
                  "order, as in score")
      ->type_name("HOW")
      ->capture_default_str();
  command.add_flag("--average", flags.average, "Average repetitions of a stimulus, as in score");
}

void define_outputs(CLI::App& command, RetrieveFlags& flags) {
  command.add_option("--roi", flags.roi, "Only these areas, comma-separated: L_V1, V1")
      ->type_name("LIST")
      ->allow_extra_args(false);
  command.add_option("--group", flags.groups, "Only these Glasser groups, e.g. 1-5,9")
      ->type_name("LIST")
      ->check(not_empty());
  command
      .add_option("--per", flags.per,
                  "Rank by all vertices together (all), or in each hemisphere, group or roi")
      ->type_name("LEVEL")
      ->capture_default_str();
  command.add_option("--top", flags.top, "How many best candidates count as found")
      ->type_name("LIST")
      ->capture_default_str();
  command
      .add_option("-o,--output", flags.output,
                  "TSV to write: the rank of what was seen, and the best candidates, of every\n"
                  "pattern in every area")
      ->type_name("OUT")
      ->check(not_empty());
  command.add_option("--list", flags.listed, "Best candidates of a pattern in OUT")
      ->type_name("N")
      ->check(CLI::Range(0, 10000).description(""))
      ->capture_default_str();
  command
      .add_option(
          "--similarity", flags.correlations,
          "Matrix to write: float32 [patterns, candidates] as .npy, its names beside it in\n"
          ".json")
      ->type_name("FILE")
      ->check(not_empty());
  command
      .add_option("--memory", flags.memory,
                  "Working memory in MiB; less of it reads the candidates more often. The matrix\n"
                  "of --similarity comes on top")
      ->type_name("MIB")
      ->check(CLI::Range(1, 1 << 30).description(""))
      ->capture_default_str();
  command.add_flag("--json", flags.json, "The summary on stdout as one JSON object");
  command.add_option("--progress", flags.progress, "auto, bar, json (lines on stderr), none")
      ->type_name("MODE")
      ->capture_default_str();
  command.add_flag("--force", flags.force, "Replace existing files");
}

}  // namespace

void add_retrieve(CLI::App& app) {
  add_command(app, "retrieve", "Rank candidate images by measured patterns: which one was seen?",
              [](CLI::App& command) -> Body {
                auto flags = std::make_shared<RetrieveFlags>();
                define_files(command, *flags);
                define_outputs(command, *flags);
                command.footer(
                    "Candidates are ranked by Pearson's correlation, over vertices, of their\n"
                    "predicted pattern with the measured one. Candidates that tie with the one\n"
                    "that was seen count half each in its rank. Vertices without a value in any\n"
                    "image are left out, and so are images without any value.");
                return [flags] { return retrieve_command(*flags); };
              });
}

}  // namespace corticast::cli
