// What the Python package needs of the engine beside its public interface: the atlas, BERG's
// selections, subjects by name, image files. No Python here. Everything throws Failure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace corticast_python {

// Name and Glasser group (0: subcortical) of labels 1..379, in this order.
std::vector<std::pair<std::string, int>> areas();

// Label 1..379 of each grayordinate.
std::vector<std::int16_t> labels(std::span<const std::int32_t> grayordinates);

// engine/atlas/selection.h: columns that BERG's dictionary selects, ascending.
std::vector<std::uint32_t> select_berg(std::uint32_t columns,
                                       std::span<const std::int32_t> grayordinates,
                                       const std::optional<std::vector<std::string>>& roi,
                                       const std::optional<std::vector<int>>& groups,
                                       const std::optional<std::vector<std::int64_t>>& voxel_index);

// A readout by name: "NSD-01", "NaturalScenesDataset", "sub-01"; the last two "" where unknown.
struct Target {
  std::string name;
  std::string dataset;
  std::string subject;
};

// subjects: of the model, "NSD-01". list: as on the command line.
std::vector<Target> resolve_subjects(const std::vector<std::string>& subjects, bool multihead,
                                     const std::string& list);

// What a model file knows of a readout's subject (engine/model/subject_metadata.h); reps -1:
// unknown.
struct Known {
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::pair<std::string, std::vector<float>>> noise_ceilings;  // [91,282] each
  std::vector<std::pair<std::string, std::vector<std::string>>> texts;     // "filenames", ...
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> numbers;  // "train_idx", ...
};

// path: of the model. Of each readout, in the model's order; verified.
std::vector<Known> known_subjects(const std::string& path);

// An image file, decoded, cropped and resized: pixels [224, 224, 3].
void read_image(const std::string& path, std::uint8_t* pixels);

}  // namespace corticast_python
