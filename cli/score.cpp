#include "engine/analysis/score.h"

#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/compared_files.h"
#include "cli/noise_ceiling.h"
#include "cli/program.h"
#include "cli/statistics.h"
#include "cli/words.h"
#include "engine/analysis/columns.h"
#include "engine/analysis/map_views.h"
#include "engine/analysis/matching.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/provenance.h"
#include "engine/output/response_file.h"

namespace corticast::cli {
namespace {

struct ScoreFlags {
  ComparedFlags files;
  std::string noise_ceiling;
  double floor = 0.05;
  StatisticFlags statistics;
};

// Images that both files have, one by one.
struct Pairs {
  ComparedFiles files;
  std::unique_ptr<SelectedMaps> predicted, measured;
  MatchBy by = MatchBy::kName;
};

void say_what_is_alone(const std::vector<std::string>& names, const std::vector<std::size_t>& alone,
                       const std::string& what, ProgressReport& report) {
  if (alone.empty()) return;
  report.note("note: " + grouped(alone.size()) + " " + what + ": " +
              printable(some_names(names, alone)));
}

Pairs open_pairs(const ScoreFlags& flags, ProgressReport& report) {
  Pairs pairs;
  pairs.files = open_compared(flags.files, report);
  const std::vector<std::string>& stimuli = pairs.files.stimuli;
  const std::vector<std::string>& images = pairs.files.predicted->names();
  Match match = match_names(images, stimuli, parse_match(flags.files.match));
  if (match.left.empty()) {
    throw Error(
        ErrorCode::kUsage,
        "no measured image has the name of a predicted one: " +
            (stimuli.empty() ? "none was measured" : "measured is '" + stimuli.front() + "'") +
            (images.empty() ? "" : ", predicted is '" + images.front() + "'"),
        "--match order pairs the first with the first.");
  }
  say_what_is_alone(stimuli, match.right_alone, "measured without a prediction, left out", report);
  say_what_is_alone(images, match.left_alone, "predicted without a measurement, left out", report);
  pairs.by = match.by;
  pairs.predicted = std::make_unique<SelectedMaps>(*pairs.files.predicted, std::move(match.left),
                                                   pairs.files.predicted_columns);
  pairs.measured = std::make_unique<SelectedMaps>(pairs.files.measured(), std::move(match.right),
                                                  pairs.files.measured_columns);
  return pairs;
}

// Whose noise ceilings: as said, or the only subject that the predictions are of.
std::string subject_of(const ScoreFlags& flags) {
  if (!flags.files.measured_subject.empty()) return flags.files.measured_subject;
  if (!flags.files.subject.empty() || !read_hdf5_manifest(flags.files.predicted))
    return flags.files.subject;
  const ResponseFile file(flags.files.predicted);
  return file.layout().targets.size() == 1 ? file.layout().targets.front().name : "";
}

void add_normalised(const ScoreFlags& flags, const Pairs& pairs, std::vector<StatisticMap>& maps,
                    ProgressReport& report) {
  std::vector<std::string> notes;
  // The vertices of the pairs, whatever file knew them.
  const MemoryMaps like({}, pairs.predicted->columns(), pairs.files.grayordinates, {});
  std::vector<float> ceiling =
      read_noise_ceiling(flags.noise_ceiling, subject_of(flags), like, notes);
  for (const std::string& note : notes) report.note("note: " + printable(note));
  NormalisedScores normalised = normalise_scores(maps.front().values, ceiling, flags.floor);
  report.note("noise ceiling: " + count_of(normalised.below_floor, "vertex") + " below " +
              tsv_number(flags.floor) + " and " + grouped(normalised.without) +
              " without one have no normalised score");
  maps.push_back({"r_normalised", std::move(normalised.r)});
  maps.push_back({"r_squared_normalised", std::move(normalised.r_squared)});
  maps.push_back({"noise_ceiling", std::move(ceiling)});
}

Json facts_of(const ScoreFlags& flags, const Pairs& pairs, const Scores& scores,
              const std::string& command_line) {
  Json facts;
  facts["Untrained"] = says_untrained(flags.files.predicted);
  facts["Description"] = "Agreement of predicted with measured responses, per vertex over images";
  facts["CommandLine"] = command_line;
  facts["Predicted"] = flags.files.predicted;
  facts["Measured"] = flags.files.measured;
  facts["Images"] = scores.images;
  facts["ImagesMatchedBy"] = match_word(pairs.by);
  facts["RepetitionsAveraged"] = flags.files.average;
  Json& meaning = facts["Statistics"];
  meaning["r"] = "Pearson's correlation";
  meaning["r2"] = "1 - sum (y - x)^2 / sum (y - mean y)^2, x predicted, y measured";
  meaning["explained_variance"] = "1 - var (y - x) / var y";
  meaning["n"] = "images with both values";
  if (!flags.noise_ceiling.empty()) {
    facts["NoiseCeiling"] = flags.noise_ceiling;
    meaning["r_normalised"] = "r / sqrt (noise ceiling)";
    meaning["r_squared_normalised"] = "r^2 / noise ceiling";
    meaning["noise_ceiling"] = "explainable fraction of the variance";
  }
  return facts;
}

int score_command(const ScoreFlags& flags, const std::string& command_line) {
  ProgressReport report(parse_progress(flags.statistics.progress));
  check_statistic_outputs(flags.statistics);
  const Pairs pairs = open_pairs(flags, report);
  Scores scores = score_maps(*pairs.predicted, *pairs.measured, block_progress(report, "score"));
  if (scores.images_without_value > 0) {
    report.note("note: " + count_of(scores.images_without_value, "image") +
                " without a value on one side (failed, or not measured), left out");
  }
  if (scores.constant > 0) {
    report.note("note: " + count_of(scores.constant, "vertex") +
                " without variance on one side: no correlation");
  }
  std::vector<StatisticMap> maps;
  maps.push_back({"r", std::move(scores.r)});
  maps.push_back({"r2", std::move(scores.r2)});
  maps.push_back({"explained_variance", std::move(scores.explained_variance)});
  maps.push_back({"n", std::move(scores.n)});
  std::vector<std::size_t> shown = {0, 1, 2};
  if (!flags.noise_ceiling.empty()) {
    add_normalised(flags, pairs, maps, report);
    shown.insert(shown.end(), {4, 5});
  }
  const auto areas = table_areas(pairs.files.grayordinates, pairs.predicted->columns());
  write_statistics(flags.statistics, maps, pairs.files.grayordinates, areas,
                   facts_of(flags, pairs, scores, command_line), report);
  if (flags.statistics.json) {
    Json table = area_table_json(maps, areas);
    table["images"] = scores.images;
    table["images_without_value"] = scores.images_without_value;
    table["vertices_without_variance"] = scores.constant;
    table["matched_by"] = match_word(pairs.by);
    std::cout << table.dump() << "\n";
    return 0;
  }
  std::cout << count_of(scores.images - scores.images_without_value, "image")
            << ". Median over vertices +- its standard error:\n";
  print_area_table(maps, shown, areas, !flags.files.roi.empty());
  return 0;
}

void define_flags(CLI::App& command, ScoreFlags& flags) {
  define_compared_flags(command, flags.files);
  command
      .add_option("--noise-ceiling", flags.noise_ceiling,
                  "Normalise by MODEL.corticast:test_n-avg (the model's metadata) or by a file\n"
                  "of maps, FILE or FILE:MAP: fractions of explainable variance or per cent")
      ->type_name("WHICH")
      ->check(not_empty());
  command
      .add_option("--min-noise-ceiling", flags.floor,
                  "No normalised score for vertices with a lower ceiling")
      ->type_name("FRACTION")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->capture_default_str();
  define_area_flags(command, flags.files.roi, flags.files.groups);
  define_statistic_flags(command, flags.statistics);
  command.footer(
      "Over images, per vertex, x predicted and y measured: r is Pearson's correlation;\n"
      "r2 = 1 - sum (y - x)^2 / sum (y - mean y)^2, the prediction taken as it is;\n"
      "explained_variance = 1 - var (y - x) / var y; r_normalised = r / sqrt (noise ceiling);\n"
      "r_squared_normalised = r^2 / noise ceiling. Images without a value are left out vertex by\n"
      "vertex, and counted in n. Standard errors are over vertices: of the median after McKean\n"
      "and Schrader (1984), of the mean s / sqrt (n). Vertices are not independent.");
}

}  // namespace

void add_score(CLI::App& app, const std::string& command_line) {
  add_command(app, "score", "Compare predicted with measured responses, per vertex and area",
              [command_line](CLI::App& command) -> Body {
                auto flags = std::make_shared<ScoreFlags>();
                define_flags(command, *flags);
                return [flags, command_line] { return score_command(*flags, command_line); };
              });
}

}  // namespace corticast::cli
