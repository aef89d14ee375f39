// Whole networks on the CPU in float32 against the float64 goldens of the reference model.
#include "engine/backend/cpu/cpu_backend.h"
#include "tests/cpu/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kRelativeL2 = 3e-6;
constexpr double kRelativeMax = 5e-6;  // largest error over largest value

// The golden's array for each readout of the model: "sub-01_NSD/f64", or "readout/f64".
std::string golden_key(const Model& model, std::size_t readout) {
  return (model.info().multihead ? model.info().subjects[readout].key() : "readout") + "/f64";
}

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

}  // namespace

TEST_CASE("every fixture model gives the float64 goldens for every image") {
  const auto backend = open_backend({});
  check_against_goldens("multihead_zip", "out_multihead_zip", *backend);
  check_against_goldens("multihead_legacy", "out_multihead_zip", *backend);
  check_against_goldens("singlehead_zip", "out_singlehead_zip", *backend);
  check_against_goldens("multihead_half_zip", "out_multihead_half_zip", *backend);
  for (const char* tiny : {"tiny_zip", "tiny_legacy", "tiny_f64_zip", "tiny_strided_zip",
                           "tiny_strided_legacy", "tiny_v2layout_zip"}) {
    check_against_goldens(tiny, "out_tiny", *backend);
  }
  check_against_goldens("tiny_bf16_zip", "out_tiny_bf16", *backend);
}

TEST_CASE("the goldens hold for the readout of every instruction set") {
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    check_against_goldens("tiny_zip", "out_tiny", *cpu::open_cpu_backend(2, isa));
  }
}
