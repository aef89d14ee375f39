// From checkpoint to model file.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "engine/model/model.h"
#include "weights_tool/checkpoint/checkpoint.h"

namespace corticast::weights {

// Called before each step with what it is, "core" or a subject.
using Progress = std::function<void(const std::string& step)>;

// Writes `checkpoint` (opened from `source`) as a model file and returns what the file states,
// model hash included. `subject` is a singlehead model's, unless its published file name tells.
// Memory: the largest convolution layer and a few MiB, whatever the file's size. The destination
// appears only when complete. Throws Error: kUsage (subject for a multihead model, or other than
// the file name's), kModel, kOutput.
ModelInfo convert_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& source,
                             const std::filesystem::path& destination,
                             const std::optional<Subject>& subject, const Progress& progress);

}  // namespace corticast::weights
