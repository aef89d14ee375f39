#include "tests/model/fixture.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace corticast::test {

ModelInfo small_facts(int channels, std::uint32_t vertices, bool atlas) {
  ModelInfo info;
  info.model_id = "small";
  info.untrained = true;
  info.channels = channels;
  info.vertices = vertices;
  info.subjects = {*parse_subject("NSD-01"), *parse_subject("THINGS-02")};
  info.vertex_set = atlas ? "visual" : "none";
  for (std::uint32_t v = 0; atlas && v < vertices; ++v) {
    info.grayordinates.push_back(static_cast<std::int32_t>(3 * v + 3));
  }
  info.preprocessing = "a recipe";
  info.provenance = {"small.pth", std::string(64, 'a'), "a test 1.0", "a note"};
  return info;
}

float weight_at(std::size_t tensor, std::size_t i) {
  return static_cast<float>(tensor + 1) + static_cast<float>(i % 8191) / 8192.0f;
}

std::vector<float> weights(std::size_t tensor, std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = weight_at(tensor, i);
  return values;
}

std::string write_model(const std::filesystem::path& path, const ModelInfo& info, std::size_t piece,
                        const std::function<void(ModelWriter&)>& last) {
  ModelWriter writer(path, info);
  const auto c = static_cast<std::size_t>(info.channels);
  std::size_t tensor = 0, in_channels = 3;
  for (const int kernel : {5, 5, 3, 3, 3, 3, 3, 3}) {
    const auto k = static_cast<std::size_t>(kernel);
    const std::vector<float> weight = weights(tensor++, c * in_channels * k * k);
    writer.core_layer(weight, weights(tensor++, c));
    in_channels = c;
  }
  const auto pieces = [&](std::size_t width,
                          const std::function<void(std::span<const float>)>& put) {
    const std::vector<float> all = weights(tensor++, info.vertices * width);
    for (std::size_t at = 0; at < all.size(); at += piece * width) {
      put(std::span(all).subspan(at, std::min(piece * width, all.size() - at)));
    }
  };
  for (std::size_t r = 0; r < info.readouts(); ++r) {
    pieces(26 * 26, [&](std::span<const float> rows) { writer.spatial_rows(rows); });
    pieces(c, [&](std::span<const float> rows) { writer.feature_rows(rows); });
    pieces(1, [&](std::span<const float> rows) { writer.bias_rows(rows); });
  }
  if (last) last(writer);
  return writer.finish();
}

std::vector<std::uint32_t> all_rows(const ModelInfo& info) {
  std::vector<std::uint32_t> rows(info.vertices);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

}  // namespace corticast::test
