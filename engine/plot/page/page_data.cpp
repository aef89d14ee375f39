#include "engine/plot/page/page_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/maps/binary_text.h"
#include "engine/plot/colour_maps.h"

namespace corticast {
namespace {

constexpr std::size_t kPositions = 3 * static_cast<std::size_t>(kMeshVertices);

// Sections of the parcellation's supplement, as Glasser et al. (2016) name them, shortened.
constexpr const char* kGroupNames[kGroups] = {"Primary visual",
                                              "Early visual",
                                              "Dorsal stream visual",
                                              "Ventral stream visual",
                                              "MT+ complex",
                                              "Somatosensory and motor",
                                              "Paracentral and mid cingulate",
                                              "Premotor",
                                              "Posterior opercular",
                                              "Early auditory",
                                              "Auditory association",
                                              "Insular and frontal opercular",
                                              "Medial temporal",
                                              "Lateral temporal",
                                              "Temporo-parieto-occipital junction",
                                              "Superior parietal",
                                              "Inferior parietal",
                                              "Posterior cingulate",
                                              "Anterior cingulate and medial prefrontal",
                                              "Orbital and polar frontal",
                                              "Inferior frontal",
                                              "Dorsolateral prefrontal"};

class Blocks {
 public:
  explicit Blocks(const PageSink& sink) : sink_(sink) {}

  // Writes a block and returns its id.
  template <typename T>
  std::string add(std::span<const T> numbers) {
    std::string id = "b" + std::to_string(count_++);
    sink_("<script type=\"text/plain\" id=\"" + id + "\">");
    sink_(base64(std::as_bytes(numbers)));
    sink_("</script>\n");
    return id;
  }

 private:
  const PageSink& sink_;
  std::size_t count_ = 0;
};

template <typename T, typename From>
std::vector<T> narrowed(const From& numbers) {
  std::vector<T> out;
  out.reserve(numbers.size());
  for (const auto number : numbers) out.push_back(static_cast<T>(number));
  return out;
}

// Both hemispheres of a surface; nullptr where one is missing.
using Pair = std::array<const Surface*, 2>;
std::vector<std::pair<std::string, Pair>> pairs(const SurfaceSet& set) {
  std::vector<std::pair<std::string, Pair>> found;
  for (const Surface& surface : set.surfaces) {
    auto at = std::find_if(found.begin(), found.end(),
                           [&](const auto& pair) { return pair.first == surface.name; });
    if (at == found.end()) at = found.insert(found.end(), {surface.name, Pair{}});
    at->second[surface.hemisphere == Hemisphere::kRight ? 1 : 0] = &surface;
  }
  std::erase_if(found, [](const auto& pair) { return !pair.second[0] || !pair.second[1]; });
  return found;
}

Json side_of(const Surface& surface, Blocks& blocks, std::map<std::string, std::string>& meshes) {
  std::array<float, 3> low{}, high{};
  for (std::size_t k = 0; k < 3; ++k) low[k] = high[k] = surface.positions[k];
  for (std::size_t i = 0; i < kPositions; ++i) {
    low[i % 3] = std::min(low[i % 3], surface.positions[i]);
    high[i % 3] = std::max(high[i % 3], surface.positions[i]);
  }
  double longest = 1e-6;
  std::array<double, 3> centre{};
  for (std::size_t k = 0; k < 3; ++k) {
    centre[k] = (static_cast<double>(low[k]) + static_cast<double>(high[k])) / 2.0;
    longest = std::max(longest, static_cast<double>(high[k]) - static_cast<double>(low[k]));
  }
  const double step = longest / 65534.0;
  std::vector<std::int16_t> steps(kPositions);
  for (std::size_t i = 0; i < kPositions; ++i) {
    const double away = (static_cast<double>(surface.positions[i]) - centre[i % 3]) / step;
    steps[i] = static_cast<std::int16_t>(std::lround(std::clamp(away, -32767.0, 32767.0)));
  }
  const auto corners = narrowed<std::uint16_t>(surface.triangles);
  // Most surfaces of a hemisphere share their triangles.
  std::string& mesh = meshes[std::string(as_text(std::as_bytes(std::span(corners))))];
  if (mesh.empty()) mesh = blocks.add<std::uint16_t>(corners);
  Json side;
  side["positions"] = blocks.add<std::int16_t>(steps);
  side["centre"] = Json::Array{centre[0], centre[1], centre[2]};
  side["step"] = step;
  side["triangles"] = mesh;
  return side;
}

Json surfaces_of(const SurfaceSet& set, Blocks& blocks) {
  std::map<std::string, std::string> meshes;  // triangles: the block that holds them
  Json::Array all;
  for (const auto& [name, pair] : pairs(set)) {
    Json surface;
    surface["name"] = name;
    surface["flat"] = name == "flat";
    surface["sides"] =
        Json::Array{side_of(*pair[0], blocks, meshes), side_of(*pair[1], blocks, meshes)};
    all.push_back(std::move(surface));
  }
  return all;
}

// 0 at the crown of a gyrus, 255 in the fundus of a sulcus.
Json sulci_of(const SurfaceSet& set, Blocks& blocks) {
  Json::Array sides;
  for (const std::vector<float>& depth : set.sulci) {
    if (depth.size() != static_cast<std::size_t>(kMeshVertices)) return {};
    std::vector<float> sorted;
    std::copy_if(depth.begin(), depth.end(), std::back_inserter(sorted),
                 [](float d) { return std::isfinite(d); });
    if (sorted.empty()) return {};
    std::sort(sorted.begin(), sorted.end());
    const float low = sorted[sorted.size() / 100], high = sorted[sorted.size() * 99 / 100];
    std::vector<std::uint8_t> steps;
    steps.reserve(depth.size());
    for (const float d : depth) {
      // The HCP's depth is negative in sulci.
      const float part = std::isfinite(d) && high > low ? (high - d) / (high - low) : 0.35F;
      steps.push_back(
          static_cast<std::uint8_t>(std::lround(255.0F * std::clamp(part, 0.0F, 1.0F))));
    }
    sides.emplace_back(blocks.add<std::uint8_t>(steps));
  }
  return sides;
}

Json subject_of(const PlotSubject& subject, Blocks& blocks) {
  const std::vector<std::int32_t>& at = subject.maps->grayordinates();
  // Ascending: the cortex comes first.
  const auto cortical =
      static_cast<std::size_t>(std::lower_bound(at.begin(), at.end(), kCortex) - at.begin());
  Json about;
  about["name"] = subject.name;
  about["grayordinates"] =
      blocks.add<std::uint16_t>(narrowed<std::uint16_t>(std::span(at).first(cortical)));
  Json::Array maps;
  std::vector<float> row(subject.maps->columns());
  for (std::size_t m = 0; m < subject.maps->names().size(); ++m) {
    subject.maps->read({m, 1}, row.data());
    Json map;
    map["name"] = subject.maps->names()[m];
    map["values"] = blocks.add<float>(std::span(row).first(cortical));
    maps.push_back(std::move(map));
  }
  about["maps"] = std::move(maps);
  return about;
}

Json colours_of(const ColourScale& scale) {
  const auto number = [](std::optional<float> value) {
    return value ? Json(static_cast<double>(*value)) : Json();
  };
  Json colours;
  colours["map"] = scale.map;
  colours["low"] = number(scale.low);
  colours["high"] = number(scale.high);
  colours["fit"] = scale.low || scale.high ? "given" : "all";
  colours["symmetric"] = scale.symmetric ? Json(*scale.symmetric) : Json();
  colours["threshold"] = static_cast<double>(scale.threshold.value_or(0.0F));
  return colours;
}

constexpr const char* kOutlines[] = {"auto", "all", "groups", "none"};

// Labels of the areas that `outlines` names; none for one of the four words.
std::vector<int> named_areas(const std::string& outlines) {
  std::vector<int> labels;
  if (std::find(std::begin(kOutlines), std::end(kOutlines), outlines) != std::end(kOutlines)) {
    return labels;
  }
  for (const std::string& name : split_list(outlines)) {
    const std::vector<int>& found = labels_named(name, RoiNames::kAny);
    if (found.empty()) {
      const std::string near = suggest_roi(name, RoiNames::kAny);
      throw Error(ErrorCode::kUsage, "no area is called '" + name + "'",
                  near.empty() ? "corticast rois lists the areas." : "Did you mean " + near + "?");
    }
    labels.insert(labels.end(), found.begin(), found.end());
  }
  return labels;
}

}  // namespace

void check_page(const std::vector<PlotSubject>& subjects, const SurfaceSet& surfaces,
                const PlotOptions& options) {
  std::size_t maps = 0;
  for (const PlotSubject& subject : subjects) {
    const std::vector<std::int32_t>& at = subject.maps->grayordinates();
    if (at.empty() || at.front() >= kCortex) {
      throw Error(ErrorCode::kUsage,
                  "the columns of '" + subject.name + "' are no cortical vertices",
                  "Plot responses of vertices: reductions and numbered columns have no place.");
    }
    maps += subject.maps->names().size();
    if (subject.maps->names().empty()) {
      throw Error(ErrorCode::kUsage, "there is no map of '" + subject.name + "' to plot");
    }
  }
  if (maps == 0) throw Error(ErrorCode::kUsage, "there is nothing to plot");
  if (maps > kPageMaps) {
    throw Error(
        ErrorCode::kUsage,
        "a page of " + std::to_string(maps) + " maps, of at most " + std::to_string(kPageMaps),
        "Choose fewer images (--image) or subjects.");
  }
  const auto found = pairs(surfaces);
  std::string names;
  bool there = false;
  for (const auto& [name, pair] : found) {
    names += (names.empty() ? "" : ", ") + name;
    there = there || name == options.surface;
    for (const Surface* const surface : pair) {
      const bool sized = surface->positions.size() == kPositions &&
                         surface->triangles.size() % 3 == 0 && !surface->triangles.empty();
      const bool sound = sized &&
                         std::all_of(surface->positions.begin(), surface->positions.end(),
                                     [](float x) { return std::isfinite(x); }) &&
                         std::all_of(surface->triangles.begin(), surface->triangles.end(),
                                     [](std::int32_t v) { return v >= 0 && v < kMeshVertices; });
      if (!sound) {
        throw Error(ErrorCode::kUsage,
                    "surface '" + name + "' is no mesh of 32,492 vertices: it has " +
                        std::to_string(surface->positions.size() / 3),
                    "Take surfaces of the space fsLR 32k.");
      }
    }
  }
  if (!there) {
    throw Error(ErrorCode::kUsage, "there is no surface '" + options.surface + "' of both sides",
                "There is: " + names + ".");
  }
  if (!options.scale.map.empty()) colour_map(options.scale.map);
  named_areas(options.outlines);
}

void write_page_data(const std::vector<PlotSubject>& subjects, const SurfaceSet& surfaces,
                     const PlotOptions& options, const PageSink& sink) {
  Blocks blocks(sink);
  Json header;
  header["title"] = options.title;
  header["units"] = options.units;
  header["surface"] = options.surface;
  header["colours"] = colours_of(options.scale);
  Json::Array named;
  for (const int label : named_areas(options.outlines)) named.emplace_back(label);
  header["outlines"] = named.empty() ? options.outlines : std::string("named");
  header["named"] = std::move(named);
  Json::Array maps;
  for (const ColourMap& colours : colour_maps()) {
    Json map;
    map["name"] = colours.name;
    map["diverging"] = colours.diverging;
    map["table"] = blocks.add<Colour>(colours.colours);
    maps.push_back(std::move(map));
  }
  header["colourMaps"] = std::move(maps);
  Json::Array areas, groups;
  for (int label = 1; label <= 2 * kAreas; ++label) {
    Json area;
    area["name"] = label_name(label);
    area["group"] = label_group(label);
    areas.push_back(std::move(area));
  }
  for (const char* const name : kGroupNames) groups.emplace_back(name);
  header["areas"] = std::move(areas);
  header["groups"] = std::move(groups);
  header["vertices"] = Json::Array{
      blocks.add<std::uint16_t>(narrowed<std::uint16_t>(mesh_vertices(Hemisphere::kLeft))),
      blocks.add<std::uint16_t>(narrowed<std::uint16_t>(mesh_vertices(Hemisphere::kRight)))};
  std::vector<std::uint16_t> labels;
  labels.reserve(static_cast<std::size_t>(kCortex));
  for (std::int32_t g = 0; g < kCortex; ++g)
    labels.push_back(static_cast<std::uint16_t>(label_of(g)));
  header["labels"] = blocks.add<std::uint16_t>(labels);
  header["sulc"] = sulci_of(surfaces, blocks);
  header["surfaces"] = surfaces_of(surfaces, blocks);
  Json::Array all;
  for (const PlotSubject& subject : subjects) all.push_back(subject_of(subject, blocks));
  header["subjects"] = std::move(all);
  sink("<script type=\"application/json\" id=\"header\">");
  sink(page_json(header.dump()));
  sink("</script>");
}

std::string page_json(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace corticast
