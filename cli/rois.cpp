#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/program.h"
#include "engine/atlas/noise_ceiling.h"
#include "engine/atlas/roi.h"
#include "engine/atlas/subjects.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/model/model.h"

namespace corticast::cli {
namespace {

struct Flags {
  std::string model;
  std::string subjects = "all";
  std::string min_noise_ceiling;
  bool json = false;
};

// Of the model's vertices those that the flags leave.
std::vector<std::int32_t> reliable_vertices(const Model& model, const Flags& flags) {
  const ModelInfo& info = model.info();
  ColumnUnion chosen(info.vertices, info.grayordinates);
  chosen.add_all();
  const std::vector<Target> targets = resolve_subjects(info, flags.subjects);
  const std::string note = keep_reliable(chosen, model, targets, flags.min_noise_ceiling);
  std::cerr << "note: " << note << "\n";
  std::vector<std::int32_t> vertices;
  vertices.reserve(chosen.columns().size());
  for (const std::uint32_t column : chosen.columns()) {
    vertices.push_back(info.grayordinates[column]);
  }
  return vertices;
}

std::vector<std::int32_t> vertices_of(const Flags& flags) {
  const std::string& model_path = flags.model;
  if (model_path.empty()) {
    if (flags.min_noise_ceiling.empty()) return vertex_list(VertexSet::kAll);
    throw Error(ErrorCode::kUsage, "--min-noise-ceiling needs a model, which holds the ceilings");
  }
  const Model model(model_path);
  if (!flags.min_noise_ceiling.empty()) return reliable_vertices(model, flags);
  if (!model.info().has_atlas()) {
    throw Error(ErrorCode::kUsage, model_path + ": the model has no atlas, so no ROI names");
  }
  return model.info().grayordinates;
}

int rois_command(const Flags& flags) {
  const std::vector<Area> table = areas(vertices_of(flags));
  if (flags.json) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const Area& area : table) {
      json.push_back({{"name", area.name},
                      {"group", area.group},
                      {"vertices", area.after},
                      {"atlas_vertices", area.before}});
    }
    std::cout << json.dump() << "\n";
    return 0;
  }
  std::cout << "roi           group  vertices  in the atlas\n";
  for (const Area& area : table) {
    std::cout << std::left << std::setw(12) << area.name << std::right << std::setw(7) << area.group
              << std::setw(10) << area.after << std::setw(14) << area.before << "\n";
  }
  return 0;
}

}  // namespace

void add_rois(CLI::App& app) {
  add_command(app, "rois", "List the areas that --roi and --group understand",
              [](CLI::App& command) -> Body {
                auto flags = std::make_shared<Flags>();
                command.add_option("MODEL", flags->model,
                                   "Count the vertices of this model (default: whole cortex)");
                command
                    .add_option("--min-noise-ceiling", flags->min_noise_ceiling,
                                "Count vertices with at least this noise ceiling in every subject, "
                                "e.g. test_n-avg:0.2")
                    ->type_name("NAME:T")
                    ->check(not_empty());
                command.add_option("--subjects", flags->subjects, "Whose noise ceilings")
                    ->type_name("LIST")
                    ->capture_default_str();
                command.add_flag("--json", flags->json, "One JSON array");
                command.footer(
                    "Areas of the HCP MMP 1.0 atlas. V1 stands for L_V1 and R_V1;\n"
                    "GlasserGroup_5 for every area of group 5. Areas of 0 vertices are not "
                    "predicted:\n"
                    "a visual model holds groups 1-5 alone, and no model the 2,361 cortical "
                    "vertices\n"
                    "where recordings were incomplete, which are all of L_H, R_H and R_RSC.");
                return [flags] { return rois_command(*flags); };
              });
}

}  // namespace corticast::cli
