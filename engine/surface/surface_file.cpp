#include "engine/surface/surface_file.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/model/safetensors.h"

namespace corticast {
namespace {

namespace st = safetensors;

constexpr const char* kFormat = "corticast-surfaces";
constexpr const char* kRemedy = "Import the surfaces again: corticast atlas import PATH.";
constexpr std::array<const char*, 2> kSides = {"L", "R"};

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::kUsage, name + ": not a usable file of surfaces: " + what, kRemedy);
}

template <typename T>
std::vector<T> values_of(const MappedFile& file, const st::Tensor& tensor) {
  std::vector<T> values(tensor.bytes() / sizeof(T));
  std::memcpy(values.data(), file.bytes().data() + tensor.begin, values.size() * sizeof(T));
  return values;
}

void check_metadata(const st::Metadata& metadata, const std::string& name) {
  const auto is = [&](const char* key, const char* value) {
    const auto found = metadata.find(key);
    return found != metadata.end() && found->second == value;
  };
  if (!is("format", kFormat)) refuse(name, "it is another kind of file");
  if (!is("format_version", "1")) refuse(name, "it was written by a later version");
}

// Splits "inflated.L.positions"; false for any other name.
bool parse_name(const std::string& name, std::string& surface, std::size_t& side,
                std::string& part) {
  const std::size_t second = name.rfind('.');
  if (second == std::string::npos || second < 2 || name[second - 2] != '.') return false;
  const char letter = name[second - 1];
  if (letter != 'L' && letter != 'R') return false;
  surface = name.substr(0, second - 2);
  side = letter == 'L' ? 0 : 1;
  part = name.substr(second + 1);
  return !surface.empty();
}

Surface& surface_in(std::vector<Surface>& surfaces, const std::string& name, std::size_t side) {
  const auto hemisphere = static_cast<Hemisphere>(side);
  for (Surface& surface : surfaces) {
    if (surface.name == name && surface.hemisphere == hemisphere) return surface;
  }
  surfaces.push_back({name, hemisphere, {}, {}});
  return surfaces.back();
}

void add_tensor(SurfaceSet& set, const MappedFile& file, const st::Tensor& tensor,
                const std::string& name) {
  for (std::size_t side = 0; side < kSides.size(); ++side) {
    if (tensor.name != std::string("sulc.") + kSides[side]) continue;
    if (tensor.dtype != st::Dtype::kF32) refuse(name, tensor.name + " is not float32");
    set.sulci[side] = values_of<float>(file, tensor);
    return;
  }
  std::string surface, part;
  std::size_t side = 0;
  if (!parse_name(tensor.name, surface, side, part)) {
    refuse(name, "it holds " + st::in_quotes(tensor.name));
  }
  Surface& to = surface_in(set.surfaces, surface, side);
  if (part == "positions" && tensor.dtype == st::Dtype::kF32) {
    to.positions = values_of<float>(file, tensor);
  } else if (part == "triangles" && tensor.dtype == st::Dtype::kI32) {
    to.triangles = values_of<std::int32_t>(file, tensor);
  } else {
    refuse(name, "it holds " + st::in_quotes(tensor.name) + " of type " + tensor.describe());
  }
}

void check_set(const SurfaceSet& set, const std::string& name) {
  for (const Surface& surface : set.surfaces) check_surface(surface, name + ": " + surface.name);
  for (const std::string& surface : set.names()) {
    const auto sides = std::count_if(set.surfaces.begin(), set.surfaces.end(),
                                     [&](const Surface& s) { return s.name == surface; });
    if (sides != 2) refuse(name, surface + " has one hemisphere only");
  }
  for (const std::vector<float>& sulc : set.sulci) {
    if (sulc.size() != (set.sulci[0].empty() ? 0 : static_cast<std::size_t>(kMeshVertices))) {
      refuse(name, "its sulcal depth has " + grouped(sulc.size()) + " values, expected 32,492");
    }
  }
  if (set.surfaces.empty()) refuse(name, "it holds no surface");
}

// What is written, in order.
struct Part {
  st::Tensor tensor;
  const void* data;
};

std::vector<Part> parts_of(const SurfaceSet& set) {
  std::vector<Part> parts;
  std::uint64_t at = 0;
  const auto add = [&](std::string name, st::Dtype dtype, std::vector<std::uint64_t> shape,
                       const auto& values) {
    const std::uint64_t bytes = values.size() * sizeof(values[0]);
    parts.push_back({{std::move(name), dtype, std::move(shape), at, at + bytes}, values.data()});
    at += bytes;
  };
  for (const Surface& surface : set.surfaces) {
    const std::string prefix =
        surface.name + "." + kSides[static_cast<std::size_t>(surface.hemisphere)] + ".";
    add(prefix + "positions", st::Dtype::kF32, {surface.positions.size() / 3, 3},
        surface.positions);
    add(prefix + "triangles", st::Dtype::kI32, {surface.triangles.size() / 3, 3},
        surface.triangles);
  }
  for (std::size_t side = 0; side < kSides.size(); ++side) {
    if (set.sulci[side].empty()) continue;
    add(std::string("sulc.") + kSides[side], st::Dtype::kF32, {set.sulci[side].size()},
        set.sulci[side]);
  }
  return parts;
}

}  // namespace

std::filesystem::path default_surface_file() {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder;
  if (data != nullptr && *data == '/') {  // a relative one is ignored, as the specification says
    folder = data;
  } else if (home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".local" / "share";
  } else {
    throw Error(ErrorCode::kUsage, "no place for surfaces: neither XDG_DATA_HOME nor HOME is set",
                "Name a file with --atlas.");
  }
  return folder / "corticast" / "fslr32k.surfaces";
}

void check_surface(const Surface& surface, const std::string& name) {
  const auto refuse_mesh = [&](const std::string& what) {
    throw Error(ErrorCode::kUsage, name + ": " + what, "Maps are drawn on fsLR 32k surfaces.");
  };
  if (surface.positions.size() != 3 * static_cast<std::size_t>(kMeshVertices)) {
    refuse_mesh(grouped(surface.positions.size() / 3) + " vertices, expected 32,492");
  }
  if (!std::all_of(surface.positions.begin(), surface.positions.end(),
                   [](float value) { return std::isfinite(value) && std::abs(value) < 1e6F; })) {
    refuse_mesh("a vertex without a position");
  }
  if (surface.triangles.empty() || surface.triangles.size() % 3 != 0) {
    refuse_mesh("no triangles");
  }
  if (!std::all_of(surface.triangles.begin(), surface.triangles.end(),
                   [](std::int32_t v) { return v >= 0 && v < kMeshVertices; })) {
    refuse_mesh("a triangle of a vertex that is not there");
  }
}

SurfaceSet read_surface_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  const MappedFile file(path, ErrorCode::kUsage);
  st::Header header;
  try {
    header =
        st::parse_header(file.bytes(), file.bytes().size(), name,
                         [&](const st::Metadata& metadata) { check_metadata(metadata, name); });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kUsage) throw;
    refuse(name, "its header is damaged");
  }
  SurfaceSet set;
  for (const st::Tensor& tensor : header.tensors) add_tensor(set, file, tensor, name);
  check_set(set, name);
  return set;
}

void write_surface_file(const SurfaceSet& set, const std::filesystem::path& path) {
  std::error_code ignored;  // PendingFile says what cannot be written
  std::filesystem::create_directories(path.parent_path(), ignored);
  const std::vector<Part> parts = parts_of(set);
  std::vector<st::Tensor> tensors;
  tensors.reserve(parts.size());
  for (const Part& part : parts) tensors.push_back(part.tensor);
  const std::string header =
      st::make_header({{"format", kFormat}, {"format_version", "1"}}, tensors);
  PendingFile file(path);
  file.write(header.data(), header.size());
  for (const Part& part : parts) file.write(part.data, part.tensor.bytes());
  file.commit();
}

}  // namespace corticast
