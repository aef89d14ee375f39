// What the commands that compute statistics at vertices share: where these go, and the table of
// areas for people.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/progress.h"
#include "engine/analysis/score.h"
#include "engine/analysis/statistic_maps.h"
#include "engine/base/json.h"

namespace corticast::cli {

struct StatisticFlags {
  std::string output;  // of the maps; empty: none
  std::string table;   // TSV; empty: none
  std::string progress = "auto";
  bool json = false;
  bool force = false;
};
void define_statistic_flags(CLI::App& command, StatisticFlags& flags);
// --roi and --group.
void define_area_flags(CLI::App& command, std::vector<std::string>& roi, std::string& groups);

// Before the work: endings that no format has, files that exist. Throws Error{kUsage, kOutput}.
void check_statistic_outputs(const StatisticFlags& flags);

// Says so if a file is an output of corticast made with synthetic weights.
void warn_if_untrained(const std::string& responses, ProgressReport& report);

// Writes what was asked for and says so on stderr. facts: for the sidecar of the maps.
void write_statistics(const StatisticFlags& flags, const std::vector<StatisticMap>& maps,
                      const std::vector<std::int32_t>& grayordinates,
                      const std::vector<TableArea>& areas, const Json& facts,
                      ProgressReport& report);

// Medians and their standard errors of some maps (indices into `maps`, one at least), one line for
// every area above the level of single ones, on stdout; with --roi the single ones too. Vertices
// are those with a value in the first map shown.
void print_area_table(const std::vector<StatisticMap>& maps, const std::vector<std::size_t>& shown,
                      const std::vector<TableArea>& areas, bool single_areas);

// The same of all maps as JSON: {"areas": [{"area", "level", ..., "statistics": {name: {"n", ...}}]
Json area_table_json(const std::vector<StatisticMap>& maps, const std::vector<TableArea>& areas);

// A number, or null for none.
Json json_number(double value);

// "score", done, total as progress on stderr.
BlockProgress block_progress(ProgressReport& report, const std::string& stage);

// "1 image", "2 images".
std::string count_of(std::size_t count, const std::string& noun);

}  // namespace corticast::cli
