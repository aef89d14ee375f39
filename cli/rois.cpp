#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/program.h"
#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/model/model.h"

namespace corticast::cli {
namespace {

struct Flags {
  std::string model;
  bool json = false;
};

std::vector<std::int32_t> vertices_of(const std::string& model_path) {
  if (model_path.empty()) return vertex_list(VertexSet::kAll);
  const Model model(model_path);
  if (!model.info().has_atlas()) {
    throw Error(ErrorCode::kUsage, model_path + ": the model has no atlas, so no ROI names");
  }
  return model.info().grayordinates;
}

int rois_command(const Flags& flags) {
  const std::vector<Area> table = areas(vertices_of(flags.model));
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
