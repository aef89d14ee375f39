// Several simulated cards as one device: rows in order, with the bits of one card.
#include "engine/backend/several/several_backend.h"

#include <functional>

#include "engine/backend/cuda/cuda_backend.h"
#include "engine/pipeline/encode.h"
#include "tests/cuda/cards.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

namespace sim = cuda_sim::runtime;

std::unique_ptr<Backend> all_cards(std::uint32_t count) {
  std::vector<NamedBackend> cards;
  for (std::uint32_t i = 0; i < count; ++i) {
    cards.push_back({"cuda:" + std::to_string(i), cuda::open_cuda_backend(static_cast<int>(i))});
  }
  return join_backends(std::move(cards));
}

// Keeps the first target's rows.
class Rows final : public ResponseWriter {
 public:
  explicit Rows(std::size_t images) : images_(images) {}
  std::vector<float> values;

  std::vector<RowRange> missing() const override { return {{0, images_}}; }
  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus>) override {
    REQUIRE(first_row * responses.columns == values.size());
    values.insert(values.end(), responses.targets[0],
                  responses.targets[0] + responses.images * responses.columns);
  }
  void finish() override {}

 private:
  std::size_t images_;
};

// The first `count` photographs of tests/data.
ImageFeed photograph_feed(std::size_t count) {
  return {count,
          [](std::size_t k, std::uint8_t* out) {
            std::copy_n(photographs().pixels.data() + k * kImageBytes, kImageBytes, out);
          },
          [](std::size_t k) { return photographs().names[k]; }};
}

std::vector<float> encoded(Program& program, std::size_t count, std::size_t batch) {
  Rows rows(count);
  EncodeOptions options;
  options.loader_threads = 2;
  encode(photograph_feed(count), program, batch, rows, options);
  return rows.values;
}

}  // namespace

TEST_CASE("three cards give one card's bits in one card's order") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  play("a100", 3);
  const auto one = cuda::open_cuda_backend(0)->compile(*model, request, 1, Precision::kFp32);
  const std::vector<float> expected = encoded(*one, 4, 1);
  const auto program = all_cards(3)->compile(*model, request, 1, Precision::kFp32);
  REQUIRE(program->slots() == 9);
  CHECK(encoded(*program, 4, 1) == expected);
  check_clean();
}

TEST_CASE("two cards with one batch more for the first, under other schedules") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  std::vector<float> expected;
  for (const auto schedule : {sim::Schedule::kProducersFirst, sim::Schedule::kAtOnce}) {
    play("h100", 2);
    sim::set_schedule(schedule);
    if (expected.empty()) {
      const auto one = cuda::open_cuda_backend(1)->compile(*model, request, 1, Precision::kFp32);
      expected = encoded(*one, 3, 1);
    }
    CHECK(encoded(*all_cards(2)->compile(*model, request, 1, Precision::kFp32), 3, 1) == expected);
    check_clean();
  }
}

TEST_CASE("memory of all cards is planned and given back") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  play("t4", 3);
  {
    const auto backend = all_cards(3);
    const auto one =
        cuda::open_cuda_backend(0)->planned_memory(*model, request, 1, Precision::kFp32);
    const auto all = backend->planned_memory(*model, request, 1, Precision::kFp32);
    CHECK(all.device == 3 * one.device);
    CHECK(all.host == 3 * one.host);
    CHECK_THAT(backend->name(), contains("cuda:0, cuda:1, cuda:2 (3 x "));
    const auto program = backend->compile(*model, request, 1, Precision::kFp32);
    CHECK(sim::totals().device_bytes_peak >= all.device);
    for (std::size_t slot = 0; slot < 3; ++slot) {
      std::fill_n(program->input(slot), kImageBytes, std::uint8_t{7});
      program->submit(slot, 1);  // destroyed while at work
    }
  }
  check_clean();
  for (const std::string& leak : sim::leaks()) FAIL_CHECK(leak);
}

TEST_CASE("one card without memory stops the compilation and is named, nothing is left") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  play("a100");
  cuda::open_cuda_backend(0)->compile(*model, request, 1, Precision::kFp32);
  const std::uint64_t of_one = sim::totals().device_allocations + sim::totals().pinned_allocations;
  for (const std::uint64_t index : {std::uint64_t{1}, of_one, of_one + 5, 2 * of_one}) {
    play("a100", 2);
    sim::fail_at({sim::Failure::Kind::kAllocation, index});
    try {
      all_cards(2)->compile(*model, request, 1, Precision::kFp32);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kDevice);
      CHECK_THAT(error.what(), contains("cuda:0: device memory for") ||
                                   contains("cuda:1: device memory for") ||
                                   contains("pinned host memory for"));
    }
    for (const std::string& leak : sim::leaks()) FAIL_CHECK(leak);
  }
}
