#include "cli/plot_input.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/map_views.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/maps/read_maps.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/provenance.h"
#include "engine/output/response_maps.h"

namespace corticast::cli {
namespace {

std::string image_hint(bool several) {
  return several ? "Name some with --image, which may be repeated."
                 : "Choose one with --image NAME or --image '#0'; a page (-o map.html) holds "
                   "several.";
}

void check_count(const std::string& path, std::size_t maps, std::size_t subjects, bool several,
                 const std::string& noun) {
  if (maps == 0) throw Error(ErrorCode::kUsage, path + ": holds no " + noun);
  const std::size_t most = several ? kPageMaps : 1;
  if (maps * subjects <= most) return;
  throw Error(ErrorCode::kUsage,
              path + ": " + grouped(maps) + " " + noun + "s" +
                  (subjects > 1 ? " of " + grouped(subjects) + " subjects" : "") + ", " +
                  (several ? "a page holds at most " + grouped(kPageMaps) : "a still shows one"),
              image_hint(several));
}

void refuse_columns(const std::string& path, const ResponseFile& file) {
  if (const auto& reduction = file.layout().reduction) {
    throw Error(ErrorCode::kUsage, path + ": its columns are " + reduction->kind + ", no vertices",
                "Predict every vertex: encode without --reduce.");
  }
  throw Error(ErrorCode::kUsage, path + ": its columns are not tied to vertices",
              "The model that made them has no atlas, so nobody knows where they lie.");
}

// Leaves out images that failed.
std::vector<std::size_t> with_values(const ResponseFile& file, std::vector<std::size_t> rows,
                                     std::vector<std::string>& notes) {
  const std::vector<std::string>& names = file.record().image_names;
  std::string last;
  std::erase_if(rows, [&](std::size_t row) {
    const RowStatus& status = file.status()[row];
    if (status.ok) return false;
    last = "image '" + names[row] + "' had failed: " + status.error;
    notes.push_back("note: left out, " + last);
    return true;
  });
  if (rows.empty() && !last.empty()) {
    throw Error(ErrorCode::kUsage, file.path().string() + ": " + last,
                "There is nothing to draw: choose another image.");
  }
  return rows;
}

void open_responses(PlotInput& input, const std::string& path, const std::string& subjects,
                    const std::vector<std::string>& names, bool several) {
  input.responses = std::make_unique<ResponseFile>(path);
  const ResponseFile& file = *input.responses;
  if (file.layout().labels.grayordinate.empty()) refuse_columns(path, file);
  const bool all = several && subjects.empty();
  const std::vector<std::size_t> targets = subjects.empty() && !all
                                               ? std::vector{find_target(file, "")}
                                               : find_targets(file, all ? "all" : subjects);
  const std::vector<std::size_t> asked = find_images(file, names);
  check_count(path, asked.size(), targets.size(), several, "image");
  const std::vector<std::size_t> rows = with_values(file, asked, input.notes);
  for (const std::size_t target : targets) {
    input.maps.push_back(response_maps(file, target, rows));
    input.subjects.push_back({file.layout().targets[target].name, input.maps.back().get()});
  }
  input.units = kResponseUnits;
  input.model = file.record().model_id;
  input.untrained = file.record().untrained;
}

void open_other(PlotInput& input, const std::string& path, const std::vector<std::string>& names,
                bool several) {
  input.files.push_back(read_maps(path));
  const Maps& file = *input.files.back();
  if (file.grayordinates().empty()) {
    throw Error(ErrorCode::kUsage,
                path + ": its " + grouped(file.columns()) + " columns are not tied to vertices",
                "Use a file that knows its vertices (.dscalar.nii, .func.gii), or columns of a "
                "known space: 57,051, 7,831, 59,412 or 91,282.");
  }
  const std::vector<std::size_t> rows = find_names(file.names(), names, "map");
  check_count(path, rows.size(), 1, several, "map");
  std::vector<float> values(file.columns());
  std::vector<std::size_t> drawn;
  drawn.reserve(rows.size());
  for (const std::size_t row : rows) {
    file.read({row, 1}, values.data());
    const bool any =
        std::any_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
    if (any)
      drawn.push_back(row);
    else
      input.notes.push_back("note: left out, map '" + file.names()[row] + "' has no value");
  }
  if (drawn.empty()) {
    throw Error(ErrorCode::kUsage, path + ": map '" + file.names()[rows.front()] + "' has no value",
                "There is nothing to draw: choose another map.");
  }
  input.maps.push_back(std::make_unique<SelectedMaps>(file, drawn, all_of(file.columns())));
  input.subjects.push_back({"", input.maps.back().get()});
  input.untrained = says_untrained(path);
}

}  // namespace

PlotInput open_plot_input(const std::string& path, const std::string& subjects,
                          const std::vector<std::string>& names, bool several) {
  PlotInput input;
  if (read_hdf5_manifest(path)) {
    open_responses(input, path, subjects, names, several);
    return input;
  }
  if (!subjects.empty()) {
    throw Error(ErrorCode::kUsage,
                path + ": is not an output of corticast, so it has no subject '" + subjects + "'",
                "Leave --subject away for files of other programs.");
  }
  open_other(input, path, names, several);
  return input;
}

}  // namespace corticast::cli
