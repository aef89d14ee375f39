// Areas by name: what a name stands for, and how many vertices of a model each area holds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

// One of the 360 cortical areas, for tables.
struct Area {
  int label = 0;             // 1..360
  std::string name;          // "L_V1"
  char side = 'L';           // 'L' or 'R'
  int group = 0;             // Glasser group 1..22
  std::uint32_t before = 0;  // grayordinates of the area
  std::uint32_t after = 0;   // of these, how many the vertex list holds
};

// All 360 areas in label order. vertices: grayordinate of each output column of a model.
std::vector<Area> areas(std::span<const std::int32_t> vertices);

enum class RoiNames {
  kOneSide,  // "L_V1" only, as BERG asks for
  kAny,      // also "V1" (both sides) and "GlasserGroup_5", as MOSAIC does
};

// Labels that a name stands for, ascending; empty if the name is unknown. Case-sensitive.
const std::vector<int>& labels_named(std::string_view name, RoiNames accepted);

// "GlasserGroup_5".
std::string group_name(int group);
// The k of "GlasserGroup_k", 1..22; 0 for any other name.
int group_named(std::string_view name);

// The known name nearest to a mistyped one, or "" if none is near.
std::string suggest_roi(std::string_view name, RoiNames accepted);

}  // namespace corticast
