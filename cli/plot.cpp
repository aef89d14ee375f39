#include "engine/plot/plot.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/plot_input.h"
#include "cli/program.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/maps/map_files.h"
#include "engine/plot/colour_maps.h"
#include "engine/surface/surface_file.h"

namespace corticast::cli {
namespace {

struct PlotFlags {
  std::string maps, output, subjects, atlas, units;
  std::string surface = "inflated";
  std::vector<std::string> images;
  PlotOptions options;
  float low = 0, high = 0, threshold = 0;
  CLI::Option* low_given = nullptr;
  CLI::Option* high_given = nullptr;
  CLI::Option* threshold_given = nullptr;
  CLI::Option* symmetric_given = nullptr;
  bool symmetric = false, no_flat = false, force = false;
};

// Whether OUT is a page; a still otherwise.
bool is_page(const std::string& output) {
  if (output.ends_with(".html") || output.ends_with(".htm")) return true;
  if (output.ends_with(".png")) return false;
  throw Error(ErrorCode::kUsage, output + ": no kind of picture has that ending",
              "Name it .png (a still) or .html (an interactive page).");
}

std::optional<float> given(const CLI::Option* option, float value, const std::string& name) {
  if (option->count() == 0) return std::nullopt;
  if (std::isfinite(value)) return value;
  throw Error(ErrorCode::kUsage, name + " is no finite number");
}

void complete_scale(const PlotFlags& flags, ColourScale& scale) {
  scale.low = given(flags.low_given, flags.low, "--vmin");
  scale.high = given(flags.high_given, flags.high, "--vmax");
  scale.threshold = given(flags.threshold_given, flags.threshold, "--threshold");
  if (scale.threshold && *scale.threshold < 0) {
    throw Error(ErrorCode::kUsage, "--threshold is negative",
                "It is a distance from 0: values nearer to 0 are left out.");
  }
  if (flags.symmetric_given->count() > 0) scale.symmetric = flags.symmetric;
  if (!scale.map.empty()) colour_map(scale.map);  // refuses a name that is none
}

bool has_surface(const SurfaceSet& set, const std::string& name) {
  const std::vector<std::string> names = set.names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The surfaces that were imported, and the user's own if --surface names files.
SurfaceSet surfaces_for(const PlotFlags& flags, PlotOptions& options) {
  options.surface = flags.surface;
  if (!flags.surface.ends_with(".gii")) {
    SurfaceSet set = SurfaceSet::open(flags.atlas);
    set.surface(flags.surface, Hemisphere::kLeft);  // refuses a name that is not there
    return set;
  }
  const std::vector<std::string> files = split_list(flags.surface);
  if (files.size() != 2) {
    throw Error(ErrorCode::kUsage,
                "--surface names " + grouped(files.size()) +
                    (files.size() == 1 ? " file" : " files") + ", expected one of each hemisphere",
                "Name both, the left one first: --surface L.surf.gii,R.surf.gii.");
  }
  SurfaceSet set;
  if (!flags.atlas.empty() || is_taken(default_surface_file())) set = SurfaceSet::open(flags.atlas);
  options.surface = "own";
  set.surfaces.push_back(read_surface(files[0], options.surface, Hemisphere::kLeft));
  set.surfaces.push_back(read_surface(files[1], options.surface, Hemisphere::kRight));
  return set;
}

std::string file_name(const std::string& image) {
  return image.substr(image.rfind('/') + 1);
}

// A page names subject and map itself.
std::string title_of(const PlotFlags& flags, const PlotInput& input, bool page) {
  std::string title = flags.options.title;
  if (title.empty() && page) {
    title = input.responses ? "Predicted responses" : file_name(flags.maps);
  } else if (title.empty()) {
    const PlotSubject& subject = input.subjects.front();
    title = subject.name + (subject.name.empty() ? "" : ", ") +
            file_name(subject.maps->names().front());
    if (!input.model.empty()) title += ", model " + input.model;
  }
  // In front: a long title is shortened.
  if (input.untrained) title = "UNTRAINED, no prediction: " + title;
  return printable(title);
}

void draw(const PlotFlags& flags, const PlotInput& input, PlotOptions options, bool page) {
  const SurfaceSet surfaces = surfaces_for(flags, options);
  options.flat = !flags.no_flat && has_surface(surfaces, "flat");
  if (!page && !flags.no_flat && !options.flat) {
    std::cerr << "note: no flat surface was imported, so there is no flat map\n";
  }
  options.title = title_of(flags, input, page);
  options.units = flags.units.empty() ? input.units : flags.units;
  if (page) {
    plot_page(input.subjects, surfaces, options, flags.output, flags.force);
  } else {
    plot_png(input.subjects.front(), 0, surfaces, options, flags.output, flags.force);
  }
}

int plot_command(const PlotFlags& flags) {
  const bool page = is_page(flags.output);
  PlotOptions options = flags.options;
  complete_scale(flags, options.scale);
  refuse_existing({flags.output}, flags.force);
  const PlotInput input = open_plot_input(flags.maps, flags.subjects, flags.images, page);
  for (const std::string& note : input.notes) std::cerr << printable(note) << "\n";
  if (input.untrained) {
    std::cerr << "warning: UNTRAINED model (synthetic weights): the maps are no prediction\n";
  }
  draw(flags, input, options, page);
  std::cout << flags.output << "\n";
  return 0;
}

void define_what(CLI::App& command, PlotFlags& flags) {
  command
      .add_option("MAPS", flags.maps,
                  "Output of corticast, or any file of maps (.dscalar.nii, .func.gii, .npy,\n"
                  "MOSAIC's HDF5)")
      ->type_name("")
      ->required();
  command
      .add_option("-o,--output", flags.output,
                  "Picture to write: .png, a still of one map, or .html, a page to turn and to\n"
                  "ask, which works offline")
      ->type_name("OUT")
      ->required();
  command
      .add_option("--subject,--subjects", flags.subjects,
                  "Whose responses; on a page several, comma-separated, or all (its default)")
      ->type_name("LIST")
      ->check(not_empty());
  command
      .add_option("--image,--map", flags.images,
                  "Image or map: its name, the end of it after a '/', #7 by position from 0; on\n"
                  "a page also #0-9, and may be repeated (default: all)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--surface", flags.surface,
                  "One of 'corticast atlas list', or two files L.surf.gii,R.surf.gii")
      ->type_name("NAME")
      ->check(not_empty())
      ->capture_default_str();
  command
      .add_option("--atlas", flags.atlas, "Surfaces of 'corticast atlas import' in another file")
      ->type_name("FILE")
      ->check(not_empty());
  command.add_flag("--no-flat", flags.no_flat, "Leave out the flat map of a still");
}

void define_scale(CLI::App& command, PlotFlags& flags) {
  std::string names;
  for (const ColourMap& map : colour_maps()) {
    names += (names.empty() ? "" : ", ") + std::string(map.name);
  }
  flags.low_given =
      command
          .add_option("--vmin", flags.low, "Value of the first colour (default: 2nd percentile)")
          ->type_name("V");
  flags.high_given =
      command
          .add_option("--vmax", flags.high, "Value of the last colour (default: 98th percentile)")
          ->type_name("V");
  flags.symmetric_given = command.add_flag(
      "--symmetric,!--no-symmetric", flags.symmetric,
      "Colours as far below 0 as above it, or not (default: where values have both\n"
      "signs)");
  command.add_option("--cmap", flags.options.scale.map, "Colours: " + names)
      ->type_name("NAME")
      ->check(not_empty());
  flags.threshold_given =
      command
          .add_option("--threshold", flags.threshold,
                      "Values nearer to 0 than this are left out: the cortex shows")
          ->type_name("V");
}

void define_look(CLI::App& command, PlotFlags& flags) {
  command
      .add_option("--outlines", flags.options.outlines,
                  "Borders of areas: auto (areas that hold values), all, groups, none, or names\n"
                  "(V1,L_FFC)")
      ->type_name("LIST")
      ->check(not_empty())
      ->capture_default_str();
  command.add_option("--title", flags.options.title, "Instead of subject, image and model")
      ->type_name("TEXT");
  command.add_option("--units", flags.units, "Of the colour bar (default: the file's)")
      ->type_name("TEXT");
  command.add_option("--width", flags.options.width, "Of a still, in pixels")
      ->type_name("N")
      ->check(CLI::Range(400, 8000).description(""))
      ->capture_default_str();
  command.add_flag("--force", flags.force, "Replace an existing file");
}

}  // namespace

void add_plot(CLI::App& app) {
  add_command(app, "plot", "Draw maps on the cortex: a still (PNG) or an interactive page (HTML)",
              [](CLI::App& command) -> Body {
                auto flags = std::make_shared<PlotFlags>();
                define_what(command, *flags);
                define_scale(command, *flags);
                define_look(command, *flags);
                command.footer(
                    "Surfaces to draw on are imported once: 'corticast atlas import --help'.\n"
                    "A page holds at most 64 maps of all its subjects.");
                return [flags] { return plot_command(*flags); };
              });
}

}  // namespace corticast::cli
