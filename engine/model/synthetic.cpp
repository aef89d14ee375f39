#include "engine/model/synthetic.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/model/format.h"
#include "engine/model/subject_json.h"
#include "engine/model/synthetic_metadata.h"
#include "engine/model/synthetic_noise.h"
#include "engine/model/writer.h"

namespace corticast {
namespace {

void fill(std::vector<float>& values, const SyntheticNoise& noise, std::uint64_t first,
          double deviation) {
  const double scale = deviation / SyntheticNoise::deviation();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(static_cast<double>(noise.at(first + i)) * scale);
  }
}

// One mask per row, divided by (its L2 norm + 1e-6). The squares sum exactly in integers.
void fill_masks(std::vector<float>& rows, const SyntheticNoise& noise, std::uint64_t first) {
  std::int64_t mask[cnn8::kPositions];
  for (std::size_t row = 0; row < rows.size(); row += cnn8::kPositions) {
    std::int64_t squares = 0;
    for (std::size_t p = 0; p < std::size(mask); ++p) {
      mask[p] = noise.at(first + row + p);
      squares += mask[p] * mask[p];
    }
    const double scale = 1.0 / (std::sqrt(static_cast<double>(squares)) + 1e-6);
    for (std::size_t p = 0; p < std::size(mask); ++p) {
      rows[row + p] = static_cast<float>(static_cast<double>(mask[p]) * scale);
    }
  }
}

void write_core(ModelWriter& writer, const SyntheticModel& model, std::size_t channels) {
  constexpr double kBiasDeviation = 0.05;
  // A 2x2 average of ReLU outputs that are not fully correlated loses part of their power; this
  // gives it back to the layer behind the pool.
  constexpr double kPoolLoss = 0.85;
  std::size_t in_channels = cnn8::kInputChannels;
  double power = 1.0;  // mean square of the layer's input
  for (std::size_t b = 0; b < cnn8::kBlocks.size(); ++b) {
    const std::string name = "core.block" + std::to_string(b + 1);
    const auto kernel = static_cast<std::size_t>(cnn8::kBlocks[b].kernel);
    const std::size_t fan_in = in_channels * kernel * kernel;
    std::vector<float> weight(channels * fan_in);
    std::vector<float> bias(channels);
    // He et al. 2015: variance 2 / fan-in keeps the power of a ReLU network constant.
    fill(weight, SyntheticNoise(model.seed, name + ".weight"), 0,
         std::sqrt(2.0 / (static_cast<double>(fan_in) * power)));
    fill(bias, SyntheticNoise(model.seed, name + ".bias"), 0, kBiasDeviation);
    writer.core_layer(weight, bias);
    in_channels = channels;
    power = cnn8::kBlocks[b].pool == cnn8::Pool::kNone ? 1.0 : kPoolLoss;
  }
}

// Hands `vertices` rows of `width` values over, some rows at a time.
void stream_rows(std::uint32_t vertices, std::size_t width,
                 const std::function<void(std::vector<float>&, std::uint64_t)>& make,
                 const std::function<void(std::span<const float>)>& put) {
  constexpr std::uint32_t kRows = 64;
  std::vector<float> rows;
  for (std::uint32_t v = 0; v < vertices; v += kRows) {
    rows.resize(std::min(kRows, vertices - v) * width);
    make(rows, std::uint64_t{v} * width);
    put(rows);
  }
}

void write_readout(ModelWriter& writer, const SyntheticModel& model, const std::string& name,
                   std::size_t channels) {
  constexpr double kBiasDeviation = 0.1;
  const SyntheticNoise masks(model.seed, name + ".spatial");
  stream_rows(
      model.vertices, cnn8::kPositions,
      [&](std::vector<float>& rows, std::uint64_t first) { fill_masks(rows, masks, first); },
      [&](std::span<const float> rows) { writer.spatial_rows(rows); });
  const double feature_deviation = 1.0 / std::sqrt(static_cast<double>(channels));
  const SyntheticNoise features(model.seed, name + ".features");
  stream_rows(
      model.vertices, channels,
      [&](std::vector<float>& rows, std::uint64_t first) {
        fill(rows, features, first, feature_deviation);
      },
      [&](std::span<const float> rows) { writer.feature_rows(rows); });
  const SyntheticNoise biases(model.seed, name + ".bias");
  stream_rows(
      model.vertices, 1,
      [&](std::vector<float>& rows, std::uint64_t first) {
        fill(rows, biases, first, kBiasDeviation);
      },
      [&](std::span<const float> rows) { writer.bias_rows(rows); });
}

}  // namespace

std::string write_synthetic(const std::filesystem::path& destination, const SyntheticModel& model) {
  ModelInfo info;
  info.model_id = "synthetic-CNN8_features" + std::to_string(model.features) + "_vertices" +
                  std::to_string(model.vertices) + "_seed" + std::to_string(model.seed);
  info.untrained = true;
  info.multihead = !model.subjects.empty();
  info.channels = 8 * model.features;
  info.vertices = model.vertices;
  info.subjects = model.subjects;
  info.vertex_set = model.vertex_set;
  info.grayordinates = model.grayordinates;
  info.preprocessing = format::kPreprocessing;
  info.provenance.converter = model.converter;
  info.provenance.note = "random weights, never trained; seed " + std::to_string(model.seed);

  std::vector<std::string> texts;
  std::vector<float> ceilings(kNoiseCeilings.size() * kCeilingGrayordinates);
  for (std::size_t i = 0; model.metadata && i < info.readouts(); ++i) {
    texts.push_back(subject_json(invent_metadata(info, i, model.seed, ceilings)));
    info.metadata_bytes.push_back(texts.back().size());
  }

  ModelWriter writer(destination, info);
  const auto channels = static_cast<std::size_t>(info.channels);
  write_core(writer, model, channels);
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    write_readout(writer, model, format::readout_name(info, i), channels);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    (void)invent_metadata(info, i, model.seed, ceilings);
    writer.subject_metadata(ceilings, texts[i]);
  }
  return writer.finish();
}

}  // namespace corticast
