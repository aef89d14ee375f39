#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

namespace corticast::test {
namespace {

// The golden's array for each readout of the model: "sub-01_NSD/f64", or "readout/f64".
std::string golden_key(const Model& model, std::size_t readout) {
  return (model.info().multihead ? model.info().subjects[readout].key() : "readout") + "/f64";
}

}  // namespace

GoldenBound golden_bound(Precision precision) {
  switch (precision) {
    case Precision::kTf32:
    case Precision::kFp16:
      return {5e-3, 1e-2};
    case Precision::kBf16:
      return {3e-2, 6e-2};
    case Precision::kFp32:
    case Precision::kFp32Strict:
      break;
  }
  return {3e-6, 5e-6};
}

void check_against_goldens(const std::string& checkpoint, const std::string& golden,
                           Backend& backend, const Method& method, std::size_t every,
                           double slack) {
  const GoldenBound bound = golden_bound(method.precision);
  const ConvertedModel model(checkpoint);
  const auto arrays = load_npz(data_path("goldens/" + golden + ".npz"));
  const std::vector<std::string> names = text_items(arrays.at("images"));
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < names.size(); i += every) {
    order.push_back(photograph_index(names[i]));
    REQUIRE(order.back() < photographs().names.size());
  }
  const auto results = run(backend, *model, everything(*model), order, 4, method);
  REQUIRE(results.size() == model->info().readouts());
  for (std::size_t r = 0; r < results.size(); ++r) {
    const Array& expected = arrays.at(golden_key(*model, r));
    REQUIRE(expected.shape == std::vector<std::uint64_t>{names.size(), model->info().vertices});
    for (std::size_t n = 0; n < order.size(); ++n) {
      const std::size_t at = n * model->info().vertices;
      const Distance error = distance(results[r].data() + at, expected.as<double>() + every * at,
                                      model->info().vertices);
      INFO(checkpoint << " readout " << r << " image " << photographs().names[order[n]] << " on "
                      << backend.name() << " in " << to_string(method.precision));
      CHECK(error.relative_l2 <= slack * bound.relative_l2);
      CHECK(error.relative_max <= slack * bound.relative_max);
    }
  }
}

}  // namespace corticast::test
