#include "cli/retrieve_report.h"

#include <cmath>
#include <filesystem>
#include <iostream>

#include "cli/statistics.h"
#include "cli/text_table.h"
#include "cli/words.h"
#include "engine/analysis/statistic_maps.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/text.h"

namespace corticast::cli {
namespace {

std::filesystem::path names_beside(const std::string& file) {
  return std::filesystem::path(file).replace_extension(".json");
}

void refuse_existing(const std::filesystem::path& file, bool replace) {
  if (replace || !is_taken(file)) return;
  throw Error(ErrorCode::kOutput, file.string() + ": exists already", "--force replaces it.");
}

Json names_json(const std::vector<std::string>& names) {
  Json::Array array;
  array.reserve(names.size());
  for (const std::string& name : names) array.emplace_back(printable(name));
  return array;
}

// "62.5 % (10.0 %)"
std::string share(double value, double chance) {
  if (!std::isfinite(value)) return "n/a";
  char text[64];
  std::snprintf(text, sizeof(text), "%.1f %% (%.1f %%)", 100 * value, 100 * chance);
  return text;
}

std::string decimal(double value) {
  if (!std::isfinite(value)) return "n/a";
  char text[64];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return text;
}

}  // namespace

void write_rankings(const std::string& file, const RetrievalNames& names,
                    const Retrieval& retrieval, std::size_t listed, bool replace) {
  std::vector<std::vector<std::string>> rows(
      1, {"area", "pattern", "seen", "rank", "r", "candidates"});
  for (std::size_t k = 1; k <= listed; ++k) {
    rows.front().push_back("image_" + std::to_string(k));
    rows.front().push_back("r_" + std::to_string(k));
  }
  rows.reserve(1 + names.areas.size() * names.patterns.size());
  for (std::size_t a = 0; a < names.areas.size(); ++a) {
    const AreaRetrieval& area = retrieval.areas[a];
    for (std::size_t p = 0; p < names.patterns.size(); ++p) {
      const Ranking& ranking = area.patterns[p];
      const std::optional<std::size_t>& seen = names.truth[p];
      std::vector<std::string> row = {
          names.areas[a].name,
          names.patterns[p],
          seen ? names.candidates[*seen] : "n/a",
          ranking.r ? tsv_number(ranking.rank) : "n/a",
          ranking.r ? tsv_number(static_cast<double>(*ranking.r)) : "n/a",
          std::to_string(area.candidates)};
      row.reserve(rows.front().size());
      for (std::size_t k = 0; k < listed; ++k) {
        const bool there = k < ranking.best.size();
        row.push_back(there ? names.candidates[ranking.best[k].image] : "n/a");
        row.push_back(there ? tsv_number(static_cast<double>(ranking.best[k].r)) : "n/a");
      }
      rows.push_back(std::move(row));
    }
  }
  write_tsv(file, rows, replace);
}

void write_correlations(const std::string& file, const RetrievalNames& names,
                        const Retrieval& retrieval, bool replace) {
  const std::vector<float>& values = retrieval.areas.front().correlations;
  const std::filesystem::path beside = names_beside(file);
  refuse_existing(file, replace);
  refuse_existing(beside, replace);
  PendingFile matrix(file);
  const std::string header =
      make_npy_header("<f4", {names.patterns.size(), names.candidates.size()});
  matrix.write(header.data(), header.size());
  matrix.write(values.data(), values.size() * sizeof(float));
  Json facts;
  facts["Description"] = "Pearson's correlation of measured patterns (rows) with predicted ones";
  facts["Area"] = names.areas.front().name;
  facts["Rows"] = names_json(names.patterns);
  facts["Columns"] = names_json(names.candidates);
  const std::string text = facts.dump() + "\n";
  PendingFile sidecar(beside);
  sidecar.write(text.data(), text.size());
  sidecar.commit();
  matrix.commit();
}

void print_retrieval(const RetrievalNames& names, const Retrieval& retrieval,
                     const std::vector<unsigned>& top) {
  std::vector<std::vector<std::string>> rows(1, {"area", "vertices", "patterns"});
  for (const unsigned k : top) rows.front().push_back("top " + std::to_string(k) + " (chance)");
  rows.front().insert(rows.front().end(), {"median rank", "mean 1/rank"});
  rows.reserve(1 + names.areas.size());
  for (std::size_t a = 0; a < names.areas.size(); ++a) {
    const RetrievalSummary summary = summarise(retrieval.areas[a], top);
    std::vector<std::string> row = {names.areas[a].name, grouped(retrieval.areas[a].vertices),
                                    grouped(summary.patterns)};
    row.reserve(rows.front().size());
    for (std::size_t k = 0; k < top.size(); ++k) {
      row.push_back(share(summary.top[k], summary.top_chance[k]));
    }
    row.push_back(decimal(summary.median_rank));
    row.push_back(decimal(summary.mean_reciprocal_rank));
    rows.push_back(std::move(row));
  }
  print_columns(rows);
}

void print_retrieval_json(const RetrievalNames& names, const Retrieval& retrieval,
                          const std::vector<unsigned>& top, bool untrained) {
  Json::Array areas;
  areas.reserve(names.areas.size());
  for (std::size_t a = 0; a < names.areas.size(); ++a) {
    const RetrievalSummary summary = summarise(retrieval.areas[a], top);
    Json area;
    area["area"] = names.areas[a].name;
    area["vertices"] = retrieval.areas[a].vertices;
    area["candidates"] = retrieval.areas[a].candidates;
    area["patterns"] = summary.patterns;
    for (std::size_t k = 0; k < top.size(); ++k) {
      area["top"][std::to_string(top[k])] = json_number(summary.top[k]);
      area["chance"][std::to_string(top[k])] = json_number(summary.top_chance[k]);
    }
    area["median_rank"] = json_number(summary.median_rank);
    area["mean_reciprocal_rank"] = json_number(summary.mean_reciprocal_rank);
    areas.push_back(std::move(area));
  }
  Json all;
  all["areas"] = std::move(areas);
  all["untrained"] = untrained;
  all["candidates"] = names.candidates.size();
  all["patterns"] = names.patterns.size();
  std::cout << all.dump() << "\n";
}

}  // namespace corticast::cli
