// The HCP MMP 1.0 atlas on the 91,282 HCP grayordinates (fsLR 32k), and which of them a model
// predicts. Tables are compiled in (third_party/atlas); everything here is computed once, then
// immutable, so any number of threads may use it. References stay valid for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

inline constexpr std::int32_t kGrayordinates = 91282;
inline constexpr std::int32_t kCortex = 59412;      // 0..59411; the rest is subcortical
inline constexpr std::int32_t kLeftCortex = 29696;  // 0..29695; then the right hemisphere

inline constexpr int kAreas = 180;   // per hemisphere
inline constexpr int kLabels = 379;  // 1..180 left, 181..360 right areas, 361..379 subcortical
inline constexpr int kGroups = 22;   // Glasser groups of areas

// The grayordinates of a published model: every cortical one in the set's Glasser groups except the
// removed ones.
enum class VertexSet {
  kAll,     // groups 1..22: 57,051 grayordinates
  kVisual,  // groups 1..5: 7,831
};

// "all" and "visual", as in file names and model headers; nullopt for anything else.
std::optional<VertexSet> parse_vertex_set(std::string_view name);
// The last Glasser group that the set holds: 22 or 5. The first is 1.
int last_group(VertexSet set);

// Grayordinate of each output column, ascending.
const std::vector<std::int32_t>& vertex_list(VertexSet set);
// The 2,361 cortical grayordinates that no model predicts, ascending.
const std::vector<std::int32_t>& removed();

// Label 1..379 of a grayordinate. Throws Error{kInternal} outside 0..91,281.
int label_of(std::int32_t grayordinate);
// "L_V1", "R_V1"; subcortical structures "accumbens_left" ... "brain_stem". label in 1..379, else
// Error{kInternal}.
const std::string& label_name(int label);
// Glasser group 1..22 of a label's area, 0 for a subcortical structure. label as above.
int label_group(int label);

// The same of a grayordinate; a removed one still has the name and group of its area.
inline const std::string& roi_of(std::int32_t grayordinate) {
  return label_name(label_of(grayordinate));
}
inline int group_of(std::int32_t grayordinate) {
  return label_group(label_of(grayordinate));
}

}  // namespace corticast
