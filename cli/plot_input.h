// What `corticast plot` draws: maps of subjects, from outputs of corticast and of other programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/output/response_file.h"
#include "engine/plot/plot.h"

namespace corticast::cli {

// Owns what its subjects' maps are read from. Movable.
struct PlotInput {
  std::unique_ptr<ResponseFile> responses;   // null: a file of another program
  std::vector<std::unique_ptr<Maps>> files;  // behind the maps
  std::vector<std::unique_ptr<Maps>> maps;
  std::vector<PlotSubject> subjects;  // each of the same maps
  std::vector<std::string> notes;     // images left out
  std::string units;
  std::string model;  // model id; empty: not known
  bool untrained = false;
};

// subjects: comma-separated, or "all"; empty: the only one, or where `several` all. Maps `names`
// (find_images), all if empty, but those without a value: they are left out, with a note. Throws
// Error{kUsage} where `several` is false and it is not one map of one subject, where more than
// kPageMaps, where none has a value, or columns are no vertices.
PlotInput open_plot_input(const std::string& path, const std::string& subjects,
                          const std::vector<std::string>& names, bool several);

}  // namespace corticast::cli
