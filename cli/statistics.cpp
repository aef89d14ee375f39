#include "cli/statistics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "cli/program.h"
#include "cli/text_table.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/maps/file_names.h"
#include "engine/maps/map_files.h"
#include "engine/maps/write_maps.h"
#include "engine/output/provenance.h"

namespace corticast::cli {
namespace {

// "0.412 +- 0.003"
std::string with_error(double value, double error) {
  if (!std::isfinite(value)) return "n/a";
  std::array<char, 64> text{};
  if (std::isfinite(error)) {
    std::snprintf(text.data(), text.size(), "%.3f +- %.3f", value, error);
  } else {
    std::snprintf(text.data(), text.size(), "%.3f", value);
  }
  return text.data();
}

MapFormat format_of(const std::string& output) {
  MapFormat format{};
  if (map_format_of(output, format)) return format;
  throw Error(ErrorCode::kUsage, output + ": no format for maps of statistics has that ending",
              "Name it .dscalar.nii (CIFTI), .func.gii (GIFTI) or .npy.");
}

}  // namespace

void define_statistic_flags(CLI::App& command, StatisticFlags& flags) {
  command
      .add_option("-o,--output", flags.output,
                  "Maps to write: .dscalar.nii (CIFTI), .func.gii (GIFTI, a file for each\n"
                  "hemisphere) or .npy")
      ->type_name("OUT")
      ->check(not_empty());
  command
      .add_option("--table", flags.table,
                  "TSV to write: median, mean and standard errors of every map in every area")
      ->type_name("FILE")
      ->check(not_empty());
  command.add_flag("--json", flags.json, "The table of all areas on stdout as one JSON object");
  command.add_option("--progress", flags.progress, "auto, bar, json (lines on stderr), none")
      ->type_name("MODE")
      ->capture_default_str();
  command.add_flag("--force", flags.force, "Replace existing files");
}

void define_area_flags(CLI::App& command, std::vector<std::string>& roi, std::string& groups) {
  command
      .add_option("--roi", roi,
                  "Only these areas, comma-separated: L_V1, V1 (both sides), GlasserGroup_5")
      ->type_name("LIST")
      ->allow_extra_args(false);
  command.add_option("--group", groups, "Only these Glasser groups, e.g. 1-5,9")
      ->type_name("LIST")
      ->check(not_empty());
}

void check_statistic_outputs(const StatisticFlags& flags) {
  std::vector<std::filesystem::path> files;
  if (!flags.table.empty()) files.push_back(flags.table);
  if (!flags.output.empty() && format_of(flags.output) == MapFormat::kGifti) {
    for (const char* side : {"L", "R"}) files.push_back(map_file_name(flags.output, side, 0));
  } else if (!flags.output.empty()) {
    files.push_back(flags.output);
  }
  refuse_existing(files, flags.force);
}

void warn_if_untrained(const std::string& responses, ProgressReport& report) {
  if (!says_untrained(responses)) return;
  report.note("warning: " + printable(responses) +
              ": UNTRAINED model (synthetic weights): the responses are no prediction");
}

void write_statistics(const StatisticFlags& flags, const std::vector<StatisticMap>& maps,
                      const std::vector<std::int32_t>& grayordinates,
                      const std::vector<TableArea>& areas, const Json& facts,
                      ProgressReport& report) {
  if (!flags.output.empty()) {
    std::vector<std::string> names;
    std::vector<float> values;
    names.reserve(maps.size());
    values.reserve(maps.empty() ? 0 : maps.size() * maps.front().values.size());
    for (const StatisticMap& map : maps) {
      names.push_back(map.name);
      values.insert(values.end(), map.values.begin(), map.values.end());
    }
    const std::size_t columns = maps.empty() ? 0 : maps.front().values.size();
    MapWriteOptions options;
    options.replace = flags.force;
    options.provenance = facts.dump();
    const MemoryMaps all(std::move(names), columns, grayordinates, std::move(values));
    for (const auto& file : write_maps(all, format_of(flags.output), flags.output, options)) {
      report.note("wrote " + printable(file.string()) + ": " + count_of(maps.size(), "map"));
    }
  }
  if (!flags.table.empty()) {
    write_area_table(flags.table, areas, maps, flags.force);
    report.note("wrote " + printable(flags.table) + ": " + count_of(areas.size(), "area"));
  }
}

void print_area_table(const std::vector<StatisticMap>& maps, const std::vector<std::size_t>& shown,
                      const std::vector<TableArea>& areas, bool single_areas) {
  std::vector<std::vector<std::string>> rows(1, {"area", "vertices"});
  for (const std::size_t map : shown) rows.front().push_back(maps[map].name);
  for (const TableArea& area : areas) {
    if (area.level == "roi" && !single_areas) continue;
    std::vector<std::string> row = {area.name};
    for (const std::size_t map : shown) {
      const Summary summary = summarise(area, maps[map].values);
      if (map == shown.front()) row.push_back(grouped(summary.n));
      row.push_back(with_error(summary.median, summary.median_error));
    }
    rows.push_back(std::move(row));
  }
  print_columns(rows);
}

Json json_number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json area_table_json(const std::vector<StatisticMap>& maps, const std::vector<TableArea>& areas) {
  Json::Array list;
  list.reserve(areas.size());
  for (const TableArea& area : areas) {
    Json one;
    one["area"] = area.name;
    one["level"] = area.level;
    one["hemisphere"] = area.hemisphere.empty() ? Json() : Json(area.hemisphere);
    one["group"] = area.group == 0 ? Json() : Json(area.group);
    one["vertices"] = area.columns.size();
    for (const StatisticMap& map : maps) {
      const Summary summary = summarise(area, map.values);
      Json& cell = one["statistics"][map.name];
      cell["n"] = summary.n;
      cell["left_out"] = summary.left_out;
      cell["median"] = json_number(summary.median);
      cell["median_se"] = json_number(summary.median_error);
      cell["mean"] = json_number(summary.mean);
      cell["mean_se"] = json_number(summary.mean_error);
    }
    list.push_back(std::move(one));
  }
  Json table;
  table["areas"] = std::move(list);
  return table;
}

BlockProgress block_progress(ProgressReport& report, const std::string& stage) {
  const auto start = std::chrono::steady_clock::now();
  return [&report, stage, start](std::size_t done, std::size_t total) {
    Progress progress;
    progress.done = done;
    progress.total = total;
    progress.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.update(stage, progress);
  };
}

std::string count_of(std::size_t count, const std::string& noun) {
  if (count == 1) return "1 " + noun;
  const bool vertex = noun == "vertex";
  return grouped(count) + " " + (vertex ? "vertices" : noun + "s");
}

}  // namespace corticast::cli
