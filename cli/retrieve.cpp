#include "engine/analysis/retrieve.h"

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/compared_files.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/retrieve_report.h"
#include "cli/statistics.h"
#include "cli/words.h"
#include "engine/analysis/map_views.h"
#include "engine/analysis/matching.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/base/threads.h"
#include "engine/output/provenance.h"
#include "kernels/cpu/threads.h"

namespace corticast::cli {
namespace {

struct RetrieveFlags {
  ComparedFlags files;
  std::string per = "all";
  std::string top = "1,5,10";
  std::size_t listed = 10;
  std::string output, correlations;
  std::size_t memory = 1024;  // MiB
  std::string progress = "auto";
  bool json = false;
  bool force = false;
};

// Candidates and patterns over the same vertices, and which candidate each pattern is of.
struct Comparison {
  ComparedFiles files;
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

void find_truth(Comparison& comparison, const std::string& how, ProgressReport& report) {
  const std::vector<std::string>& stimuli = comparison.files.stimuli;
  const Match match = match_names(comparison.files.predicted->names(), stimuli, parse_match(how));
  comparison.truth.resize(stimuli.size());
  for (std::size_t i = 0; i < match.left.size(); ++i) {
    comparison.truth[match.right[i]] = match.left[i];
  }
  if (match.right_alone.empty()) return;
  report.note("note: " + count_of(match.right_alone.size(), "pattern") +
              " whose image is no candidate, ranked without a truth: " +
              printable(some_names(stimuli, match.right_alone)));
}

Comparison open_comparison(const RetrieveFlags& flags, ProgressReport& report) {
  Comparison comparison;
  comparison.files = open_compared(flags.files, report);
  const ComparedFiles& files = comparison.files;
  if (files.predicted_columns.size() < 2) {
    throw Error(ErrorCode::kUsage,
                "one vertex is no pattern: a correlation over vertices needs at least 2",
                "Select more with --roi or --group, or leave them out.");
  }
  find_truth(comparison, flags.files.match, report);
  comparison.areas =
      areas_at(flags.per, table_areas(files.grayordinates, files.predicted_columns.size()));
  comparison.candidates = std::make_unique<SelectedMaps>(
      *files.predicted, all_of(files.predicted->names().size()), files.predicted_columns);
  comparison.patterns = std::make_unique<SelectedMaps>(
      files.measured(), all_of(files.measured().names().size()), files.measured_columns);
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
  flags.json ? print_retrieval_json(names, retrieval, top, says_untrained(flags.files.predicted))
             : print_retrieval(names, retrieval, top);
  return 0;
}

void define_outputs(CLI::App& command, RetrieveFlags& flags) {
  define_area_flags(command, flags.files.roi, flags.files.groups);
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
                define_compared_flags(command, flags->files);
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
