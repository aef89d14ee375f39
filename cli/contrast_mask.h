// Contrasts against masks: where an area is known to be, how well does the contrast find it.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/analysis/precision_recall.h"
#include "engine/analysis/statistic_maps.h"
#include "engine/base/json.h"
#include "engine/maps/maps.h"

namespace corticast::cli {

struct MaskFlags {
  std::string file;
  std::vector<std::string> roi;
  std::string by = "difference";
  std::string threshold;  // "best-f1", a number, or "": no map
  std::string curves;     // TSV
};
void define_mask_flags(CLI::App& command, MaskFlags& flags);

// Before the work. Throws Error{kUsage, kOutput}.
void check_mask_flags(const MaskFlags& flags, bool force);

// Of the statistic compared with masks, among difference, t, d.
std::size_t statistic_index(const MaskFlags& flags);

class MaskComparison {
 public:
  // like: whose vertices the contrasts have; must outlive this. Throws Error{kUsage} for a mask
  // of other vertices.
  MaskComparison(const MaskFlags& flags, const Maps& like, std::size_t contrasts);
  // Compares one contrast with its mask, if there are masks: the map of that name, or the only one
  // of an only contrast. Returns the map of what lies above the threshold, if that was asked for.
  std::optional<StatisticMap> compare(const std::string& name, const std::vector<float>& values);

  void write_curves(bool force) const;
  void print() const;  // on stdout
  Json json() const;

 private:
  std::vector<float> mask_of(const std::string& name) const;

  const MaskFlags& flags_;
  const Maps& like_;
  std::size_t contrasts_;
  std::unique_ptr<Maps> masks_;
  std::vector<std::pair<std::string, PrecisionRecall>> curves_;
};

}  // namespace corticast::cli
