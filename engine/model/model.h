// An opened model file: everything a backend needs to compute and everything `info` prints.
// The file is memory-mapped; weights are read where they lie. Immutable, so any number of threads
// may use one Model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/model/cnn8.h"
#include "engine/model/subject.h"
#include "engine/model/subject_metadata.h"

namespace corticast {

// Where the weights came from. Strings as the converter stored them.
struct Provenance {
  std::string source_file;    // base name of the checkpoint, "" for synthetic weights
  std::string source_sha256;  // of the whole checkpoint, "" for synthetic weights
  std::string converter;      // "corticast-weights 0.1.0"
  std::string note;           // e.g. the seed of synthetic weights
};

// The facts in the header: what `info` and `inspect` print without touching a weight.
struct ModelInfo {
  std::string model_id;  // "fmri-mosaic-CNN8_multihead_subNSD_verticesAll", or as named at convert
  std::string
      model_hash;  // SHA-256 over all weights, 64 hex digits; identifies the model in outputs
  bool untrained = false;         // synthetic weights: said in every output made with them
  bool multihead = true;          // false: one readout, results without dataset and subject level
  int channels = 0;               // C, width of the core
  std::uint32_t vertices = 0;     // V, rows of every readout
  std::vector<Subject> subjects;  // multihead: in file order, one per readout.
                                  // singlehead: one if the subject is known, else empty
  std::string vertex_set;         // "all" (57,051), "visual" (7,831) or "none" (no atlas)
  std::vector<std::int32_t> grayordinates;  // [V] ascending, grayordinate of each output column;
                                            // empty when vertex_set is "none"
  std::string preprocessing;                // recipe in words, one line
  Provenance provenance;
  // [readouts] bytes of the JSON text that holds what is known of the subject (format.h), 0 for a
  // subject without; empty where nothing is known of any, which makes a file of version 1.
  std::vector<std::uint64_t> metadata_bytes = {};

  bool has_atlas() const { return !grayordinates.empty(); }
  std::size_t readouts() const { return multihead ? subjects.size() : 1; }
  bool has_metadata(std::size_t readout) const {
    return readout < metadata_bytes.size() && metadata_bytes[readout] != 0;
  }
};

// One convolution block with its batch norm folded in.
struct CoreLayer {
  cnn8::Block block;
  int in_channels;
  int out_channels;
  const float* weight;  // [out, in, kernel, kernel], owned by the Model
  const float* bias;    // [out], owned by the Model
};

// One subject's readout. Row v computes
//   y[v] = sum_c features[v, c] * (sum_p spatial[v, p] * x[c, p]) + bias[v]
// over the core's output x, with masks already divided by (their L2 norm + 1e-6).
// Source: MOSAIC's factorised spatial x feature readout.
struct Readout {
  const float* spatial;   // [V, 676], p = row * 26 + column
  const float* features;  // [V, C]
  const float* bias;      // [V]
};

class Model {
 public:
  // Maps the file and validates its header (see format.h). Touches no weights.
  // Throws Error{kModel} naming the file, what was found and what was expected.
  explicit Model(const std::filesystem::path& path);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  const std::filesystem::path& path() const;
  const ModelInfo& info() const;

  // The eight blocks, first to last; verifies the checksums of all core weights at every call.
  // Throws Error{kModel} if a bit has changed since the file was written.
  std::vector<CoreLayer> verified_core() const;

  // Readout `index` (< info().readouts()), rows verified: every checksummed block that holds one of
  // `rows` (each < V) is checked before this returns; other rows must not be read. Reads only
  // those blocks from disk. Throws Error{kModel} as above.
  Readout verified_readout(std::size_t index, std::span<const std::uint32_t> rows) const;

  // What is known of the subject of a readout (< info().readouts()); nothing at all where the file
  // holds nothing. Verified and parsed at the first call, kept afterwards; views into the map. Any
  // number of threads may call it. Throws Error{kModel} as above, or for text that is not what
  // format.h says.
  const SubjectMetadata& metadata(std::size_t readout) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace corticast
