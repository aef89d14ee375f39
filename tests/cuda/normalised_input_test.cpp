// Normalised float32 images for input of the CUDA backend, on simulated cards: the kernel that
// turns their planes to pixels, and whole programs against those that are given the pixels.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/planes.h"
#include "kernels/cuda/kernels.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/formats.h"
#include "tests/cuda/traffic.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;
using kernels::cuda::Element;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Method normalised(Precision precision) {
  Method method = precision;
  method.input = InputKind::kNormalised;
  return method;
}

std::vector<std::uint32_t> bits_of(const std::vector<std::vector<float>>& targets) {
  std::vector<std::uint32_t> bits;
  for (const auto& target : targets) {
    for (const float value : target) bits.push_back(std::bit_cast<std::uint32_t>(value));
  }
  return bits;
}

}  // namespace

TEST_CASE("planes become pixels of eight channels, rounded once, and what overflows is counted") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      const Format format = format_of(element);
      for (const auto& [images, pixels] :
           {std::pair<std::size_t, std::size_t>{1, 1}, {3, 5}, {2, 256}, {1, 1023}, {3, 1025}}) {
        std::vector<float> x = Random(pixels).floats(images * pixels * 3);
        for (std::size_t i = 0; i < x.size(); i += 7) x[i] = -3.4e38f;
        x.back() = kInfinity;  // was not finite before
        std::vector<double> expected(images * pixels * 8);
        unsigned long long overflows = 5;
        for (std::size_t i = 0; i < x.size(); ++i) {
          const std::size_t image = i / pixels / 3;
          const double value = round_to(format, static_cast<double>(x[i]));
          expected[(image * pixels + i % pixels) * 8 + i / pixels % 3] = value;
          overflows += std::isfinite(x[i]) && !std::isfinite(value) ? 1u : 0u;
        }
        const OnDevice<float> from(x);
        const OnDevice<std::uint8_t> to(expected.size() * static_cast<std::size_t>(format.bytes()));
        const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{5});
        INFO(card << ", " << name_of(element) << ", " << images << " x " << pixels << " pixels");
        REQUIRE(kernels::cuda::planes_to_channels_last(from.get(), images, pixels, element,
                                                       to.get(), counter.get(),
                                                       nullptr) == cudaSuccess);
        CHECK(to.read() == stored(format, expected));
        CHECK(counter.read().at(0) == overflows);
        CHECK((overflows > 5) == (element != Element::kFloat32));
      }
    }
    check_clean();
  }
}

TEST_CASE("turning planes to pixels reads and writes every byte once") {
  play("h100");
  const OnDevice<float> x(std::vector<float>(std::size_t{65} * 3 * 100, 1.5f));
  const OnDevice<std::uint8_t> y(std::size_t{65} * 100 * 8 * 2);
  const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{0});
  kernels::cuda::planes_to_channels_last(x.get(), 65, 100, Element::kFloat16, y.get(),
                                         counter.get(), nullptr);
  const Traffic traffic = traffic_of("gather_planes");
  CHECK(traffic.loaded == 65 * 3 * 100 * sizeof(float));
  CHECK(traffic.stored == 65 * 100 * 8 * 2);
  check_clean();
}

TEST_CASE("on a device, too, normalised floats give the bits of their pixels in every precision") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  const auto check = [&](const std::string& card, Precision precision,
                         const std::vector<std::size_t>& order, std::size_t batch) {
    INFO(card << ", " << to_string(precision));
    play(card);
    {
      const auto backend = cuda::open_cuda_backend(0);
      const auto expected = bits_of(run(*backend, *model, request, order, batch, precision));
      CHECK(bits_of(run(*backend, *model, request, order, batch, normalised(precision))) ==
            expected);
    }
    check_clean();
  };
  check("t4", Precision::kFp16, {3, 11, 0}, 2);
  check("t4", Precision::kFp32, {3}, 1);
  check("a100", Precision::kFp32Strict, {11}, 1);
  check("a100", Precision::kBf16, {0}, 1);
  check("h100", Precision::kTf32, {3}, 1);
}

TEST_CASE("the device's step for normalised images is checked, timed and planned for") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  for (const Precision precision : {Precision::kFp32, Precision::kFp16}) {
    play("a100");
    const auto backend = cuda::open_cuda_backend(0);
    const Method method = normalised(precision);
    const auto checks = backend->selftest(*model, request, 1, method);
    CHECK(checks.at(0).step ==
          (precision == Precision::kFp32 ? "copy planes" : "planes to pixels"));
    CHECK(checks.at(0).values == 1000);
    for (const StepCheck& check : checks) {
      INFO(check.step << ": rms " << check.rms_error);
      CHECK(check.passed());
    }
    const MemoryUse planned = backend->planned_memory(*model, request, 2, method);
    const MemoryUse pixels = backend->planned_memory(*model, request, 2, precision);
    const std::uint64_t more = 3 * 2 * (kImageValues * sizeof(float) - kImageBytes);
    CHECK(planned.host == pixels.host + more);
    CHECK(planned.device == pixels.device + more - 3 * 256 * sizeof(float));
    check_clean();
  }
  const auto times =
      cuda::open_cuda_backend(0)->measure(*model, request, 1, normalised(Precision::kFp16), 1);
  CHECK(times.at(0).bytes == 1.0 * kImageValues * sizeof(float));
  CHECK(times.at(1).step == "planes to pixels");
  CHECK(times.at(1).bytes == 224.0 * 224 * (3 * 4 + 8 * 2));
}

TEST_CASE("normalised images that are not numbers have no responses on a device either") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  play("a100");
  const auto backend = cuda::open_cuda_backend(0);
  const auto expected = run(*backend, *model, request, {0}, 2, Precision::kFp16)[0];
  const auto program = backend->compile(*model, request, 2, normalised(Precision::kFp16));
  const auto submit = [&](std::size_t slot, std::size_t images, std::size_t changed, float value) {
    for (std::size_t n = 0; n < images; ++n) {
      put_photograph(0, InputKind::kNormalised, program->input(slot), n);
    }
    planes_of(program->input(slot), changed)[77] = value;
    program->submit(slot, images);
  };
  submit(0, 2, 1, std::numeric_limits<float>::quiet_NaN());
  submit(1, 1, 0, -kInfinity);  // what fills up the batch, too
  const Responses two = program->wait(0);
  for (std::size_t c = 0; c < two.columns; ++c) {
    REQUIRE(two.targets[0][c] == expected[c]);
    REQUIRE(std::isnan(two.targets[0][two.columns + c]));
  }
  const Responses one = program->wait(1);
  REQUIRE(std::all_of(one.targets[0], one.targets[0] + one.columns,
                      [](float value) { return std::isnan(value); }));
  // Nothing was counted that is not a matter of the format; this is.
  CHECK(program->findings().warnings.empty());
  submit(0, 1, 0, 1e6f);
  program->wait(0);
  const auto warnings = program->findings().warnings;
  REQUIRE(!warnings.empty());
  CHECK_THAT(warnings.front(), contains("images: ") && contains("beyond the range of fp16"));
  check_clean();
}
