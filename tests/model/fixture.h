// Small models with known weights, written through ModelWriter.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "engine/model/model.h"
#include "engine/model/writer.h"

namespace corticast::test {

// The facts of a multihead model of NSD-01 and THINGS-02.
// atlas: grayordinates 3, 6, 9, ... and vertex_set "visual".
ModelInfo small_facts(int channels, std::uint32_t vertices, bool atlas);

// Value `i` of tensor number `tensor` (counted over data tensors, grayordinates not included).
float weight_at(std::size_t tensor, std::size_t i);
std::vector<float> weights(std::size_t tensor, std::size_t count);

// Writes a model of these facts whose weights are weight_at(); rows are handed over in pieces of
// `piece` rows; `last` writes what comes behind the readouts. Returns the model hash.
std::string write_model(const std::filesystem::path& path, const ModelInfo& info,
                        std::size_t piece = 5,
                        const std::function<void(ModelWriter&)>& last = nullptr);

// 0, 1, ..., vertices - 1
std::vector<std::uint32_t> all_rows(const ModelInfo& info);

}  // namespace corticast::test
