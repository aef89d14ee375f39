// Pictures of maps on the cortex: a still (PNG) and an interactive page (HTML).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/surface/surface.h"

namespace corticast {

// How values become colours.
struct ColourScale {
  std::string map;                 // a name of colour_maps.h; empty: by the values' signs
  std::optional<float> low, high;  // nothing: the 2nd and 98th percentile
  std::optional<bool> symmetric;   // nothing: where values have both signs
  std::optional<float> threshold;  // |value| below it shows the underlay
};

struct PlotOptions {
  ColourScale scale;
  std::string surface = "inflated";  // of the lateral and medial views
  bool flat = true;                  // the flat map beside them
  std::string outlines = "auto";     // auto (areas that hold values), all, groups, none, or names
  std::string title;                 // empty: subject and map name
  std::string units;                 // of the colour bar
  unsigned width = 2000;             // pixels of the still
};

// One set of maps of the same columns, for people: a subject's.
struct PlotSubject {
  std::string name;            // "NSD-01"
  const Maps* maps = nullptr;  // with grayordinates
};

// A still of map `index`. Throws Error{kUsage} for maps without a cortical vertex, Error{kOutput}.
void plot_png(const PlotSubject& subject, std::size_t index, const SurfaceSet& surfaces,
              const PlotOptions& options, const std::filesystem::path& destination, bool replace);

// One self-contained page of all subjects and their maps (at most kPageMaps in all): rotate, pick a
// vertex to see its area and value, change surface, map and subject. Needs nothing beside itself.
inline constexpr std::size_t kPageMaps = 64;
void plot_page(const std::vector<PlotSubject>& subjects, const SurfaceSet& surfaces,
               const PlotOptions& options, const std::filesystem::path& destination, bool replace);

}  // namespace corticast
