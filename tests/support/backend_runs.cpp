#include "tests/support/backend_runs.h"

#include <algorithm>
#include <numeric>

#include "engine/backend/planes.h"
#include "tests/support/npz.h"
#include "weights_tool/conversion.h"

namespace corticast::test {
namespace {

std::filesystem::path convert(const std::string& name, const std::filesystem::path& destination) {
  const auto source = data_path("checkpoints/" + name + ".pth");
  weights::convert_checkpoint(weights::Checkpoint(source), source, destination, std::nullopt,
                              [](const std::string&) {});
  return destination;
}

}  // namespace

ConvertedModel::ConvertedModel(const std::string& name)
    : path_(convert(name, folder_ / "model.corticast")), model_(path_) {}

const Photographs& photographs() {
  static const Photographs all = [] {
    const auto arrays = load_npz(data_path("goldens/preprocessed.npz"));
    const Array& u8 = arrays.at("u8");
    const auto* first = u8.as<std::uint8_t>();
    return Photographs{text_items(arrays.at("names")), {first, first + u8.items()}};
  }();
  return all;
}

std::size_t photograph_index(const std::string& name) {
  const auto& names = photographs().names;
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

void put_photograph(std::size_t index, InputKind kind, std::uint8_t* input, std::size_t n) {
  const std::uint8_t* const pixels = photographs().pixels.data() + index * kImageBytes;
  if (kind == InputKind::kNormalised) {
    normalise_to_planes(pixels, planes_of(input, n));
  } else {
    std::copy_n(pixels, kImageBytes, input + n * kImageBytes);
  }
}

Request everything(const Model& model) {
  Request request;
  for (std::size_t r = 0; r < model.info().readouts(); ++r) {
    request.targets.push_back({r, {"readout"}, "readout"});
  }
  request.rows.resize(model.info().vertices);
  std::iota(request.rows.begin(), request.rows.end(), 0u);
  request.columns = model.info().vertices;
  return request;
}

std::vector<std::vector<float>> run(Backend& backend, const Model& model, const Request& request,
                                    const std::vector<std::size_t>& order, std::size_t batch,
                                    const Method& method) {
  const auto program = backend.compile(model, request, batch, method);
  std::vector<std::vector<float>> results(request.targets.size());
  std::size_t slot = 0;
  for (std::size_t first = 0; first < order.size(); first += batch) {
    const std::size_t count = std::min(batch, order.size() - first);
    for (std::size_t n = 0; n < count; ++n) {
      put_photograph(order[first + n], method.input, program->input(slot), n);
    }
    program->submit(slot, count);
    const Responses responses = program->wait(slot);
    for (std::size_t t = 0; t < results.size(); ++t) {
      const float* from = responses.targets[t];
      results[t].insert(results[t].end(), from, from + count * responses.columns);
    }
    slot = (slot + 1) % program->slots();
  }
  return results;
}

}  // namespace corticast::test
