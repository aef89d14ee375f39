#include "engine/analysis/contrast.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/contrast_mask.h"
#include "cli/program.h"
#include "cli/statistics.h"
#include "cli/words.h"
#include "engine/analysis/columns.h"
#include "engine/analysis/map_views.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/output/provenance.h"
#include "engine/output/response_maps.h"

namespace corticast::cli {
namespace {

struct ContrastFlags {
  std::string responses;
  std::string subject;
  std::string categories, rule;
  std::string match = "auto";
  std::vector<std::string> contrasts;
  std::string recipe;
  std::string weigh = "categories";
  std::vector<std::string> roi;
  std::string groups;
  MaskFlags mask;
  StatisticFlags statistics;
};

struct Job {
  std::unique_ptr<Maps> file;
  std::unique_ptr<SelectedMaps> maps;
  Categories categories;
  std::vector<Contrast> contrasts;
};

WeighBy parse_weigh(const std::string& word) {
  if (word == "categories") return WeighBy::kCategories;
  if (word == "images") return WeighBy::kImages;
  throw Error(ErrorCode::kUsage, "--weigh cannot be '" + word + "'", "It is categories or images.");
}

Categories categories_of(const ContrastFlags& flags, const std::vector<std::string>& images,
                         std::vector<std::string>& notes) {
  if (!flags.categories.empty() && !flags.rule.empty()) {
    throw Error(ErrorCode::kUsage, "--categories and --categories-from-names contradict each other",
                "Give one of them.");
  }
  if (!flags.categories.empty()) {
    return read_categories(flags.categories, images, parse_match(flags.match), notes);
  }
  if (flags.rule.empty() && flags.recipe.empty()) {
    throw Error(ErrorCode::kUsage, "the images have no categories",
                "Give --categories FILE.tsv (columns image and category), or "
                "--categories-from-names folder or prefix.");
  }
  return categories_from_names(flags.rule.empty() ? "prefix" : flags.rule, images);
}

std::vector<Contrast> contrasts_of(const ContrastFlags& flags, const Categories& categories) {
  std::vector<std::string> words = flags.contrasts;
  if (!flags.recipe.empty()) {
    for (const std::string& word : recipe_contrasts(flags.recipe)) words.push_back(word);
  }
  if (words.empty()) {
    throw Error(ErrorCode::kUsage, "no contrast was asked for",
                "Give --contrast 'face>house,car' (or 'face>*') or --recipe floc.");
  }
  std::vector<Contrast> contrasts;
  contrasts.reserve(words.size());
  for (const std::string& word : words) {
    contrasts.push_back(parse_contrast(word, categories));
    for (std::size_t i = 0; i + 1 < contrasts.size(); ++i) {
      if (contrasts[i].name != contrasts.back().name) continue;
      throw Error(ErrorCode::kUsage, "two contrasts are called '" + contrasts.back().name + "'",
                  "Name them: --contrast 'NAME=face>house'.");
    }
  }
  return contrasts;
}

Job open_job(const ContrastFlags& flags, ProgressReport& report) {
  Job job;
  job.file = open_maps(flags.responses, flags.subject);
  warn_if_untrained(flags.responses, report);
  std::vector<std::string> notes;
  job.categories = categories_of(flags, job.file->names(), notes);
  job.contrasts = contrasts_of(flags, job.categories);
  const auto without =
      std::count(job.categories.of_image.begin(), job.categories.of_image.end(), kNoCategory);
  if (without > 0) {
    notes.push_back(count_of(static_cast<std::size_t>(without), "image") +
                    " without a category, left out");
  }
  std::vector<std::size_t> columns = columns_of_areas(
      job.file->grayordinates(), job.file->columns(), flags.roi, flags.groups, notes);
  for (const std::string& note : notes) report.note("note: " + printable(note));
  job.maps = std::make_unique<SelectedMaps>(*job.file, all_of(job.file->names().size()),
                                            std::move(columns));
  return job;
}

std::vector<std::size_t> used_categories(const std::vector<Contrast>& contrasts) {
  std::vector<std::size_t> used;
  for (const Contrast& contrast : contrasts) {
    used.insert(used.end(), contrast.above.begin(), contrast.above.end());
    used.insert(used.end(), contrast.below.begin(), contrast.below.end());
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

void note_images(const CategoryMoments& sums, const Job& job, ProgressReport& report) {
  std::string list;
  std::string single;
  for (const std::size_t category : used_categories(job.contrasts)) {
    const std::string& name = job.categories.names[category];
    list += (list.empty() ? "" : ", ") + name + " " + grouped(sums.images[category]);
    if (sums.images[category] < 2) single += (single.empty() ? "" : ", ") + name;
  }
  report.note("images by category: " + printable(list));
  if (!single.empty()) {
    report.note("note: a single image of " + printable(single) +
                ": no variance within it, so no t with --weigh categories");
  }
  if (sums.images_without_value > 0) {
    report.note("note: " + count_of(sums.images_without_value, "image") +
                " without a value (failed), left out");
  }
}

std::string words_of(const std::vector<std::size_t>& side, const Categories& categories) {
  std::string words;
  for (const std::size_t category : side) {
    words += (words.empty() ? "" : ",") + categories.names[category];
  }
  return words;
}

Json facts_of(const ContrastFlags& flags, const Job& job, const std::string& command_line) {
  Json facts;
  facts["Untrained"] = says_untrained(flags.responses);
  facts["Description"] = "Contrasts of responses to categories of images, per vertex";
  facts["CommandLine"] = command_line;
  facts["Responses"] = flags.responses;
  facts["Weighted"] = "by " + flags.weigh;
  for (const Contrast& contrast : job.contrasts) {
    facts["Contrasts"][contrast.name] =
        words_of(contrast.above, job.categories) + ">" + words_of(contrast.below, job.categories);
  }
  Json& meaning = facts["Statistics"];
  meaning["difference"] = "mean of one side minus mean of the other";
  meaning["t"] = "Welch's t";
  meaning["d"] = "Cohen's d, by the pooled standard deviation within groups";
  meaning["n"] = "images with a value";
  return facts;
}

int contrast_command(const ContrastFlags& flags, const std::string& command_line) {
  ProgressReport report(parse_progress(flags.statistics.progress));
  check_statistic_outputs(flags.statistics);
  check_mask_flags(flags.mask, flags.statistics.force);
  const WeighBy weigh = parse_weigh(flags.weigh);
  const Job job = open_job(flags, report);
  const std::vector<std::int32_t>& grayordinates = job.maps->grayordinates();
  const CategoryMoments sums =
      category_moments(*job.maps, job.categories, used_categories(job.contrasts),
                       block_progress(report, "contrast"));
  note_images(sums, job, report);
  MaskComparison comparison(flags.mask, *job.maps, job.contrasts.size());
  std::vector<StatisticMap> maps;
  std::vector<std::size_t> shown;
  maps.reserve(job.contrasts.size() * 5);
  for (const Contrast& contrast : job.contrasts) {
    ContrastMaps values = contrast_maps(sums, contrast, weigh);
    maps.push_back({contrast.name + " difference", std::move(values.difference)});
    maps.push_back({contrast.name + " t", std::move(values.t)});
    maps.push_back({contrast.name + " d", std::move(values.d)});
    maps.push_back({contrast.name + " n", std::move(values.n)});
    shown.push_back(maps.size() - 4 + statistic_index(flags.mask));
    const std::vector<float>& compared = maps[shown.back()].values;
    std::optional<StatisticMap> above = comparison.compare(contrast.name, compared);
    if (above) maps.push_back(std::move(*above));
  }
  const auto areas = table_areas(grayordinates, job.maps->columns());
  write_statistics(flags.statistics, maps, grayordinates, areas, facts_of(flags, job, command_line),
                   report);
  comparison.write_curves(flags.statistics.force);
  if (flags.statistics.json) {
    Json table = area_table_json(maps, areas);
    table["masks"] = comparison.json();
    std::cout << table.dump() << "\n";
    return 0;
  }
  std::cout << "Median over vertices +- its standard error:\n";
  print_area_table(maps, shown, areas, !flags.roi.empty());
  comparison.print();
  return 0;
}

void define_flags(CLI::App& command, ContrastFlags& flags) {
  command
      .add_option("RESPONSES", flags.responses,
                  "Output of corticast, or any file of maps (.dscalar.nii, .func.gii, .npy, "
                  "MOSAIC's HDF5)")
      ->type_name("")
      ->required();
  command.add_option("--subject", flags.subject, "Whose responses, if the file has several")
      ->type_name("SUBJECT")
      ->check(not_empty());
  command
      .add_option("--categories", flags.categories,
                  "Tab-separated file with a header: columns image and category")
      ->type_name("FILE")
      ->check(not_empty());
  command
      .add_option("--categories-from-names", flags.rule,
                  "Categories by image names: folder, prefix (the file's name up to the first\n"
                  "'-': adult-12.jpg) or prefix:C (up to the first C)")
      ->type_name("RULE")
      ->check(not_empty());
  command
      .add_option("--match", flags.match,
                  "How images of FILE are found: name, file, stem, auto (see score)")
      ->type_name("HOW")
      ->check(CLI::IsMember({"auto", "name", "file", "stem"}).description(""))
      ->capture_default_str();
  command
      .add_option("--contrast", flags.contrasts,
                  "face>house,car or faces=adult,child>* (all other categories); may be repeated")
      ->type_name("WORDS")
      ->allow_extra_args(false);
  command
      .add_option("--recipe", flags.recipe,
                  "floc: words, bodies, faces and places of the fLoc localizer, for its images\n"
                  "(adult-12.jpg; categories from names by prefix unless said otherwise)")
      ->type_name("NAME")
      ->check(not_empty());
  command
      .add_option("--weigh", flags.weigh,
                  "A side of a contrast is the mean of its categories, or of its images")
      ->type_name("HOW")
      ->capture_default_str();
  define_mask_flags(command, flags.mask);
  define_area_flags(command, flags.roi, flags.groups);
  define_statistic_flags(command, flags.statistics);
  command.footer(
      "Each contrast has four maps: difference (of the two sides' means), t (Welch's), d "
      "(Cohen's,\n"
      "by the pooled standard deviation within groups) and n (images). Groups are categories, or\n"
      "with --weigh images the two sides; for two groups t is that of a t-test with unequal\n"
      "variances. Against a mask: precision and recall of 'value >= threshold' over all\n"
      "thresholds; average precision as scikit-learn has it.");
}

}  // namespace

void add_contrast(CLI::App& app, const std::string& command_line) {
  add_command(app, "contrast", "Contrast responses to categories of images: a localizer",
              [command_line](CLI::App& command) -> Body {
                auto flags = std::make_shared<ContrastFlags>();
                define_flags(command, *flags);
                return [flags, command_line] { return contrast_command(*flags, command_line); };
              });
}

}  // namespace corticast::cli
