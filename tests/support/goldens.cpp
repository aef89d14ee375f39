#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

namespace corticast::test {
namespace {

constexpr double kRelativeL2 = 3e-6;
constexpr double kRelativeMax = 5e-6;  // largest error over largest value

// The golden's array for each readout of the model: "sub-01_NSD/f64", or "readout/f64".
std::string golden_key(const Model& model, std::size_t readout) {
  return (model.info().multihead ? model.info().subjects[readout].key() : "readout") + "/f64";
}

}  // namespace

void check_against_goldens(const std::string& checkpoint, const std::string& golden,
                           Backend& backend) {
  const ConvertedModel model(checkpoint);
  const auto arrays = load_npz(data_path("goldens/" + golden + ".npz"));
  std::vector<std::size_t> order;
  for (const std::string& name : text_items(arrays.at("images"))) {
    order.push_back(photograph_index(name));
    REQUIRE(order.back() < photographs().names.size());
  }
  const auto results = run(backend, *model, everything(*model), order, 4);
  REQUIRE(results.size() == model->info().readouts());
  for (std::size_t r = 0; r < results.size(); ++r) {
    const Array& expected = arrays.at(golden_key(*model, r));
    REQUIRE(expected.shape == std::vector<std::uint64_t>{order.size(), model->info().vertices});
    for (std::size_t n = 0; n < order.size(); ++n) {
      const std::size_t at = n * model->info().vertices;
      const Distance error =
          distance(results[r].data() + at, expected.as<double>() + at, model->info().vertices);
      INFO(checkpoint << " readout " << r << " image " << photographs().names[order[n]] << " on "
                      << backend.name());
      CHECK(error.relative_l2 <= kRelativeL2);
      CHECK(error.relative_max <= kRelativeMax);
    }
  }
}

}  // namespace corticast::test
