// Which file tells of which subject, and models with what files tell.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/model_file.h"

namespace corticast::weights {

// What is known of one readout's subject, as it is written.
struct KnownSubject {
  std::string json;  // "": nothing
  std::shared_ptr<const std::vector<float>> ceilings;
};

// A file of metadata and the readout that it tells of.
struct MetadataFile {
  std::filesystem::path path;
  std::size_t readout = 0;
};

// argument: SUBJECT=FILE, or a file named as BERG does, NSD/sub-01.npy (NaturalScenesDataset/sub-01
// .npy, sub-01_NSD.npy, NSD-01.npy). The only readout of a model needs no name, and sub-01.npy is
// enough where the model holds one dataset. Throws Error{kUsage} for a name that says nothing, or a
// subject that the model has not.
MetadataFile assign_metadata(const std::string& argument, const ModelInfo& info);

// report: called for each file with its subject's name and what of it is not kept. Throws what
// reading does.
KnownSubject import_metadata(
    const std::filesystem::path& path,
    const std::function<void(const std::vector<std::string>& ignored)>& report);

// Copies a model, with its subjects' metadata where `known` ([readouts]) has none. The weights are
// verified on the way, their hash stays. Returns the hash. Memory: one readout's metadata and a few
// blocks. Throws Error{kModel} for a damaged model, and what ModelWriter does.
std::string write_with_metadata(const ModelFile& file, const std::filesystem::path& destination,
                                const std::vector<KnownSubject>& known);

}  // namespace corticast::weights
