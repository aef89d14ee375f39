// Bugs planted in the tensor-core readout: in each variant, on the cards that run it.
#include <algorithm>

#include "kernels/cuda/kernels.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/planted.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;
using cuda_sim::Fault;
using kernels::cuda::Card;
using kernels::cuda::Element;

namespace {

// Three images of 70 rows, 72 channels, 100 positions; allocations end with the last element.
void read_out(const Card& card, Element element) {
  constexpr std::size_t kImages = 3, kRows = 70, kChannels = 72;
  constexpr int kPositions = 100;
  constexpr auto kPadded = std::size_t{kernels::cuda::padded_positions(kPositions)};
  const std::size_t bytes = kernels::cuda::bytes_of(element);
  const auto zeros = [&](std::size_t count) { return std::vector<std::uint8_t>(count * bytes); };
  const OnDevice<std::uint8_t> spatial(zeros(kRows * kPadded));
  const OnDevice<std::uint8_t> features(zeros(kRows * kChannels));
  const OnDevice<float> bias(std::vector<float>(kRows, 1.0f));
  const OnDevice<std::uint8_t> x(zeros(kImages * kPadded * kChannels));
  const OnDevice<float> y(kImages * kRows);
  CHECK(kernels::cuda::readout_tensor({kImages, kRows, kPositions, kChannels, 1}, card, element,
                                      spatial.get(), features.get(), bias.get(), x.get(), y.get(),
                                      nullptr) == cudaSuccess);
  cudaDeviceSynchronize();
}

struct Variant {
  std::string kernel;
  std::string card;
  Card limits;
  Element element;
  std::string wait;  // of the copies, as the card's count of stages has it
  std::string short_wait;
};
const std::vector<Variant> kVariants = {
    {"readout_turing_fp16", "t4", {75, 1, 65536}, Element::kFloat16, "", ""},
    {"readout_wide_fp16", "a100", {80, 1, 166912}, Element::kFloat16, "group 1", "group 2"},
    // Little enough for two stages only.
    {"readout_wide_bf16", "rtx4090", {89, 1, 70000}, Element::kBfloat16, "group 0", "group 1"},
    {"readout_wide_tf32", "a100", {80, 1, 166912}, Element::kFloat32, "group 1", "group 2"},
    {"readout_tall_fp16", "h100", {90, 1, 232448}, Element::kFloat16, "group 2", "group 3"},
};

std::vector<Bug> bugs(const Variant& variant) {
  using namespace cuda_sim::bugs;
  const std::string pipeline = "readout_tensor_pipeline.cuh";
  const auto at = [&](const std::string& snippet) { return kernel_place(pipeline, snippet); };
  const std::string masks =
      kernel_place("readout_tensor_work.cuh", "const bool inside = row < work.rows;");
  const bool registers = variant.wait.empty();
  std::vector<Bug> all = {
      {"pieces used while they change",
       "",
       {remove({"bar.sync", kEvery, at("the piece is complete")})},
       {},
       Fault::kBlockRace,
       pipeline},
      {"sums of the last image used before they are there",
       "",
       {remove({"bar.sync", 0, at("image's sums are complete")})},
       {},
       Fault::kBlockRace,
       pipeline},
      {"no guard of rows for the features",
       "",
       {replace({"selp", 0, at("const int left = row < work.rows")}, ", 0,", ", 64,")},
       {},
       Fault::kGlobalBounds,
       "readout_tensor_fragments.cuh"},
      {"a row too many of the outputs",
       "",
       {replace({"setp.ge", 0, at("if (thread < work.rows) write();")}, "setp.ge", "setp.gt")},
       {},
       Fault::kGlobalBounds,
       pipeline},
      {"a row too many of the masks",
       "",
       {registers ? replace({"setp.ge", kEvery, masks}, "setp.ge", "setp.gt")
                  : replace({"setp.lt", kEvery, masks}, "setp.lt", "setp.le")},
       {},
       Fault::kGlobalBounds,
       "readout_tensor_copies.cuh"},
  };
  if (registers) {
    all.push_back({"pieces never stored",
                   "",
                   {remove({"st.shared.v4", kEvery})},
                   {},
                   Fault::kUninitialised,
                   "readout_tensor_fragments.cuh"});
  } else {
    all.push_back({"waits for one group too few",
                   "",
                   {replace({"cp.async.wait_group", 0,
                             kernel_place("readout_tensor_copies.cuh", "wait_" + variant.wait)},
                            variant.wait, variant.short_wait)},
                   {},
                   Fault::kAsyncHazard,
                   "readout_tensor_fragments.cuh",
                   80});
  }
  for (Bug& bug : all) {
    bug.kernel = variant.kernel;
    bug.run = [variant] { read_out(variant.limits, variant.element); };
  }
  return all;
}

}  // namespace

TEST_CASE("bugs planted in the tensor-core readout are reported in their file") {
  for (const Variant& variant : kVariants) {
    for (const Bug& bug : bugs(variant)) {
      INFO(bug.kernel);
      check_reported(bug, variant.card);
    }
  }
}
