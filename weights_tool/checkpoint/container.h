// The two forms of a PyTorch checkpoint, zip (1.6 and later) and legacy stream, reduced to one:
// a pickled object and the raw bytes of each storage it names.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "weights_tool/checkpoint/pickle_values.h"
#include "weights_tool/checkpoint/zip_reader.h"

namespace corticast::weights {

// All views point into the file.
struct Container {
  PickleValues object;
  std::unordered_map<std::string_view, ByteSpan> storages;  // by key; exactly count x item bytes
};

enum class ContainerForm { kZip, kLegacy };

// Tells the forms apart by their first bytes. Throws Error{kModel} for anything else, naming what
// it looks like.
ContainerForm recognise(ByteSpan file, const std::string& file_name);

// Opens either form. Throws Error{kModel}.
Container open_container(ByteSpan file, const std::string& file_name);

// The entry that holds the object's pickle. Refuses TorchScript, big-endian and unknown archives.
const ZipEntry& find_object_entry(const ZipArchive& archive, const std::string& file_name);

// Length of the pickle of the magic number at the start of every legacy file.
inline constexpr std::uint64_t kLegacyMagicBytes = 15;

// Implementation of open_container for the legacy stream.
Container open_legacy(ByteSpan file, const std::string& file_name);

// One entry per key that the object names. Throws Error{kModel} when two places disagree on its
// type or size, or count x item bytes overflows.
std::unordered_map<std::string_view, const StorageReference*> distinct_storages(
    const PickleValues& object, const std::string& file_name);

}  // namespace corticast::weights
