#include "cli/contrast_mask.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>

#include "cli/program.h"
#include "cli/statistics.h"
#include "cli/words.h"
#include "engine/analysis/columns.h"
#include "engine/analysis/matching.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/output/response_maps.h"

namespace corticast::cli {
namespace {

constexpr std::array<const char*, 3> kStatistics = {"difference", "t", "d"};

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

StatisticMap above(const std::string& name, const std::vector<float>& values, double threshold) {
  StatisticMap map{name + " above " + tsv_number(threshold), values};
  for (float& value : map.values) {
    if (std::isfinite(value)) value = double{value} >= threshold ? 1.0F : 0.0F;
  }
  return map;
}

}  // namespace

void define_mask_flags(CLI::App& command, MaskFlags& flags) {
  const char* group = "Against a mask";
  command
      .add_option("--mask", flags.file,
                  "File of maps of 0 and 1: one, or one named like each contrast")
      ->type_name("FILE")
      ->check(not_empty())
      ->group(group);
  command.add_option("--mask-roi", flags.roi, "The mask is these areas, e.g. L_FFC,R_FFC")
      ->type_name("LIST")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--by", flags.by, "What is compared: difference (as MOSAIC does), t or d")
      ->type_name("MAP")
      ->check(CLI::IsMember({"difference", "t", "d"}).description(""))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--threshold", flags.threshold,
                  "Also a map of 1 where the compared value is at least this, 0 elsewhere: a\n"
                  "number, or best-f1 (the threshold of the largest F1 against the mask)")
      ->type_name("VALUE")
      ->check(not_empty())
      ->group(group);
  command
      .add_option("--curve", flags.curves,
                  "TSV to write: precision and recall at every threshold of every contrast")
      ->type_name("FILE")
      ->check(not_empty())
      ->group(group);
}

void check_mask_flags(const MaskFlags& flags, bool force) {
  const bool masked = !flags.file.empty() || !flags.roi.empty();
  if (!flags.file.empty() && !flags.roi.empty()) {
    throw Error(ErrorCode::kUsage, "--mask and --mask-roi contradict each other",
                "Give one of them.");
  }
  const bool best = flags.threshold == "best-f1";
  if (!masked && (best || !flags.curves.empty())) {
    throw Error(ErrorCode::kUsage,
                std::string(best ? "--threshold best-f1" : "--curve") + " needs a mask",
                "Give --mask FILE or --mask-roi LIST.");
  }
  if (!flags.threshold.empty() && !best && !number_of(flags.threshold)) {
    throw Error(ErrorCode::kUsage, "--threshold cannot be '" + flags.threshold + "'",
                "It is a number or best-f1.");
  }
  if (flags.curves.empty()) return;
  refuse_folder(flags.curves);
  if (!force && is_taken(flags.curves)) {
    throw Error(ErrorCode::kOutput, flags.curves + ": exists already", "--force replaces it.");
  }
}

std::size_t statistic_index(const MaskFlags& flags) {
  const auto* const at = std::find(kStatistics.begin(), kStatistics.end(), flags.by);
  return static_cast<std::size_t>(at - kStatistics.begin());
}

MaskComparison::MaskComparison(const MaskFlags& flags, const Maps& like, std::size_t contrasts)
    : flags_(flags), like_(like), contrasts_(contrasts) {
  if (!flags.file.empty()) masks_ = open_maps(flags.file, "");
}

std::vector<float> MaskComparison::mask_of(const std::string& name) const {
  if (!masks_) {
    std::vector<std::string> notes;
    std::vector<float> mask(like_.columns(), 0.0F);
    for (const std::size_t column :
         columns_of_areas(like_.grayordinates(), like_.columns(), flags_.roi, "", notes)) {
      mask[column] = 1;
    }
    return mask;
  }
  const std::vector<std::string>& names = masks_->names();
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end() && (names.size() != 1 || contrasts_ != 1)) {
    std::vector<std::size_t> all(names.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    throw Error(ErrorCode::kUsage, flags_.file + ": has no mask for the contrast '" + name + "'",
                "With several maps or contrasts each mask must have its contrast's name; there "
                "are " +
                    some_names(names, all, 6) + ".");
  }
  const auto index = at == names.end() ? 0 : static_cast<std::size_t>(at - names.begin());
  std::vector<float> values(masks_->columns());
  masks_->read({index, 1}, values.data());
  const SharedColumns shared = shared_columns(like_, "the responses", *masks_, flags_.file);
  std::vector<float> mask(like_.columns(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < shared.left.size(); ++i) {
    mask[shared.left[i]] = values[shared.right[i]];
  }
  return mask;
}

std::optional<StatisticMap> MaskComparison::compare(const std::string& name,
                                                    const std::vector<float>& values) {
  const bool masked = masks_ || !flags_.roi.empty();
  const std::optional<double> threshold = number_of(flags_.threshold);
  if (masked) curves_.emplace_back(name, precision_recall(values, mask_of(name)));
  if (threshold) return above(name, values, *threshold);
  if (flags_.threshold.empty() || !masked) return std::nullopt;
  return above(name, values, curves_.back().second.best_threshold);
}

void MaskComparison::write_curves(bool force) const {
  if (flags_.curves.empty()) return;
  std::vector<std::vector<std::string>> rows(1, {"contrast", "threshold", "precision", "recall"});
  for (const auto& [name, curve] : curves_) {
    for (std::size_t i = 0; i < curve.precision.size(); ++i) {
      rows.push_back({name, i < curve.thresholds.size() ? tsv_number(curve.thresholds[i]) : "n/a",
                      tsv_number(curve.precision[i]), tsv_number(curve.recall[i])});
    }
  }
  write_tsv(flags_.curves, rows, force);
}

void MaskComparison::print() const {
  for (const auto& [name, curve] : curves_) {
    const double chance =
        static_cast<double>(curve.positives) / static_cast<double>(curve.vertices);
    std::array<char, 160> numbers{};
    std::snprintf(numbers.data(), numbers.size(),
                  "average precision %.4f (chance %.4f), best F1 %.4f at %.4g",
                  curve.average_precision, chance, curve.best_f1, curve.best_threshold);
    std::cout << printable(name) << ", " << flags_.by << " against its mask ("
              << grouped(curve.positives) << " of " << count_of(curve.vertices, "vertex")
              << "): " << numbers.data() << "\n";
  }
}

Json MaskComparison::json() const {
  Json::Array list;
  list.reserve(curves_.size());
  for (const auto& [name, curve] : curves_) {
    Json one;
    one["contrast"] = name;
    one["by"] = flags_.by;
    one["vertices"] = curve.vertices;
    one["positives"] = curve.positives;
    one["average_precision"] = json_number(curve.average_precision);
    one["best_f1"] = json_number(curve.best_f1);
    one["best_threshold"] = json_number(curve.best_threshold);
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace corticast::cli
