// Writes a model file: declare everything, then stream the tensors in the declared order.
// The writer and the reader share one layout and one validator (format.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/model/model.h"

namespace corticast {

// Use: construct; for b = 0..7 core_layer(b, ...); for each readout begin_readout(), then spatial
// rows, feature rows and biases, each in order and in pieces of any number of rows; for each
// readout with info.metadata_bytes, subject_metadata(); finish(). Memory: one checksum block,
// whatever the model's size. The file appears under its name in finish() only. Same input, same
// bytes. Not thread-safe. Errors: kOutput for the disk, kInternal for calls out of order.
class ModelWriter {
 public:
  // info.model_hash is ignored (computed); info.grayordinates must be empty or hold V entries.
  ModelWriter(const std::filesystem::path& destination, const ModelInfo& info);
  ~ModelWriter();

  // weight: [out, in, k, k] with the batch norm folded in; bias: [out].
  void core_layer(std::span<const float> weight, std::span<const float> bias);

  // Rows of the next readout: all V spatial rows (normalised, [rows, 676]), then all V feature rows
  // ([rows, C]), then all V biases, then the next readout's spatial rows, and so on.
  void spatial_rows(std::span<const float> rows);
  void feature_rows(std::span<const float> rows);
  void bias_rows(std::span<const float> rows);

  // What is known of the next subject of whom something is: ceilings [6 * 91,282], and a text of as
  // many bytes as declared (subject_json.h).
  void subject_metadata(std::span<const float> noise_ceilings, std::string_view json);

  // Completes, validates and renames. Returns the model hash.
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace corticast
