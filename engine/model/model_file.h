// A mapped model file with a validated header: what Model and the tools stand on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/model/blocks.h"
#include "engine/model/format.h"

namespace corticast {

// Owner of the map; immutable, so any number of threads may use it. Construction reads the header
// alone; checking what lies in the data is up to the caller.
class ModelFile {
 public:
  // Throws Error{kModel}.
  explicit ModelFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const MappedFile& map() const { return map_; }
  const safetensors::Header& header() const { return valid_.header; }
  const ModelInfo& info() const { return valid_.info; }  // without grayordinates

  // True if the header is as it was written.
  bool header_intact() const;
  // Checked against their checksums and the rules; empty for a model without atlas.
  // Throws Error{kModel}.
  std::vector<std::int32_t> verified_grayordinates() const;

  // Name of a data tensor that info() implies. The view lives as long as this object.
  BlockTensor tensor(const std::string& name) const;
  // All data tensors in file order.
  std::vector<BlockTensor> data_tensors() const;

 private:
  std::filesystem::path path_;
  MappedFile map_;
  format::Validated valid_;
};

// Error{kModel} for a block whose checksum does not match.
[[noreturn]] void refuse_damaged(const std::filesystem::path& path, const std::string& what);

}  // namespace corticast
