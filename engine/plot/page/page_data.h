// The data of a page: blocks of little-endian numbers in base64, each an element of its own that
// no browser executes, and one JSON header that names them (script/data.js reads both).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plot/plot.h"

namespace corticast {

// Takes the next piece of the page.
using PageSink = std::function<void(std::string_view)>;

// Checks everything that plot_page asks for before anything is written. Throws Error{kUsage}.
void check_page(const std::vector<PlotSubject>& subjects, const SurfaceSet& surfaces,
                const PlotOptions& options);

// Writes blocks and header. Cortical columns only. Values are the maps' float32, bit for bit;
// positions are 16-bit steps of 1/65,534 of the longest side of a surface's box (some 3
// micrometres; half a step is the error); sulcal depth is in 256 steps between its 1st and 99th
// percentile. Memory: the maps of one row and one surface.
void write_page_data(const std::vector<PlotSubject>& subjects, const SurfaceSet& surfaces,
                     const PlotOptions& options, const PageSink& sink);

// JSON that can stand in an element of a page: nothing in it ends the element or opens a comment.
std::string page_json(const std::string& json);

}  // namespace corticast
