// Functionals of vertices on devices that know nothing of them. CPU, float32: a reduced run differs
// from reduced outputs by 2e-6 of the responses' RMS times its absolute weights at most.
#include "engine/backend/reduced/reduced_backend.h"

#include <cmath>
#include <functional>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/reduced/folding.h"
#include "tests/backend/fakes.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kTolerance = 2e-6;

// A reduction of outputs with the given (row, weight) terms.
using Terms = std::vector<std::pair<std::uint32_t, double>>;
std::shared_ptr<const Reduction> reduction_of(const std::vector<Terms>& outputs) {
  Reduction reduction;
  reduction.kind = "matrix";
  reduction.begin = {0};
  for (const Terms& terms : outputs) {
    reduction.names.push_back(std::to_string(reduction.names.size()));
    for (const auto& [row, weight] : terms) {
      reduction.row.push_back(row);
      reduction.weight.push_back(weight);
    }
    reduction.begin.push_back(reduction.row.size());
  }
  return std::make_shared<const Reduction>(std::move(reduction));
}

Request reduced(Request request, std::shared_ptr<const Reduction> reduction) {
  request.reduction = std::move(reduction);
  request.columns = static_cast<std::uint32_t>(request.reduction->outputs());
  return request;
}

// Means of vertices first, first + step, ... below last.
Terms mean_of(std::uint32_t first, std::uint32_t last, std::uint32_t step) {
  Terms terms;
  for (std::uint32_t row = first; row < last; row += step) terms.push_back({row, 0});
  for (auto& term : terms) term.second = 1.0 / static_cast<double>(terms.size());
  return terms;
}

// Four outputs over 300 vertices, the third of none.
std::shared_ptr<const Reduction> areas() {
  return reduction_of({mean_of(0, 300, 1), mean_of(3, 240, 7), {}, {{17, -2.5}, {250, 0.5}}});
}

// What `reduction` makes of full[images, rows], and how far got[images, outputs] is from it, in
// units of the full responses' RMS times the output's absolute weights. Infinite where NaN is on
// one side only.
double distance_to(const Reduction& reduction, std::size_t rows, const std::vector<float>& full,
                   const std::vector<float>& got) {
  double squares = 0;
  for (const float value : full) squares += static_cast<double>(value) * static_cast<double>(value);
  const double rms = std::sqrt(squares / static_cast<double>(full.size()));
  const std::size_t outputs = reduction.outputs();
  REQUIRE(got.size() * rows == full.size() * outputs);
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const float* responses = full.data() + i / outputs * rows;
    const std::size_t o = i % outputs;
    double sum = reduction.begin[o] == reduction.begin[o + 1] ? NAN : 0;
    double scale = 0;
    for (std::size_t k = reduction.begin[o]; k < reduction.begin[o + 1]; ++k) {
      sum += reduction.weight[k] * static_cast<double>(responses[reduction.row[k]]);
      scale += rms * std::abs(reduction.weight[k]);
    }
    if (std::isnan(sum) && std::isnan(got[i])) continue;
    const double error = std::abs(static_cast<double>(got[i]) - sum) / scale;
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

const Model& model() {
  static const ConvertedModel the_model("multihead_zip");
  return *the_model;
}

// Image n of slot s answers row i with 100 s + 10 n + i; remembers the requests it was given.
class CountingBackend final : public Backend {
 public:
  explicit CountingBackend(std::vector<Request>& seen) : seen_(seen) {}

  std::string name() const override { return "counter"; }
  std::string arithmetic() const override { return "fingers"; }
  std::string identity() const override { return "an abacus"; }
  std::string advice(const Method&) const override { return "count faster"; }
  std::size_t auto_batch(const Model&, const Request& request, const Method&) const override {
    seen_.push_back(request);
    return 5;
  }
  MemoryUse planned_memory(const Model&, const Request& request, std::size_t,
                           const Method&) const override {
    seen_.push_back(request);
    return {1000, 7};
  }
  std::unique_ptr<Program> compile(const Model&, const Request& request, std::size_t max_batch,
                                   const Method&) override {
    seen_.push_back(request);
    return std::make_unique<CountingProgram>(request, max_batch);
  }
  std::vector<StepCheck> selftest(const Model&, const Request& request, std::size_t,
                                  const Method&) override {
    seen_.push_back(request);
    return {{"count", 1, 0, 0, 1}};
  }
  std::vector<StepTime> measure(const Model&, const Request& request, std::size_t, const Method&,
                                std::size_t repetitions) override {
    seen_.push_back(request);
    return {{"count", std::vector<double>(repetitions, 1.0), 2, 3}};
  }

 private:
  class CountingProgram final : public Program {
   public:
    CountingProgram(const Request& request, std::size_t max_batch)
        : columns_(request.columns), pixels_(max_batch * kImageBytes), images_(slots()) {
      slots_.resize(slots(), std::vector<float>(max_batch * columns_));
      views_.resize(request.targets.size());
    }
    std::size_t slots() const override { return 4; }
    std::uint8_t* input(std::size_t) override { return pixels_.data(); }
    void submit(std::size_t slot, std::size_t n) override { images_.at(slot) = n; }
    Responses wait(std::size_t slot) override {
      std::vector<float>& values = slots_.at(slot);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t image = i / columns_;
        values[i] = static_cast<float>(100 * slot + 10 * image + i % columns_);
      }
      for (const float*& view : views_) view = values.data();
      return {images_.at(slot), columns_, views_};
    }
    Findings findings() override {
      Findings found;
      found.notes = {"counted"};
      return found;
    }

   private:
    std::size_t columns_;
    std::vector<std::uint8_t> pixels_;
    std::vector<std::size_t> images_;
    std::vector<std::vector<float>> slots_;
    std::vector<const float*> views_;
  };

  std::vector<Request>& seen_;
};

Request three_rows() {
  Request request;
  request.targets = {{0, {}, "NSD-01"}, {1, {}, "NSD-02"}};
  request.rows = {4, 6, 9};
  request.columns = 3;
  return request;
}

Request sums_of_three_rows() {
  return reduced(three_rows(), reduction_of({{{0, 1}, {2, 1}}, {}, {{1, 0.5}}}));
}

}  // namespace

TEST_CASE("a device that knows no reductions is asked for the vertices") {
  std::vector<Request> seen;
  const auto backend = with_reductions(std::make_unique<CountingBackend>(seen), false, 1);
  const Request request = sums_of_three_rows();
  CHECK(backend->name() == "counter");
  CHECK(backend->identity() == "an abacus");
  CHECK(backend->arithmetic() == "fingers");
  CHECK(backend->advice({}) == "count faster");
  CHECK(backend->auto_batch(model(), request, {}) == 5);
  const MemoryUse use = backend->planned_memory(model(), request, 2, {});
  CHECK(use.host == 1000 + 3 * 2 * 2 * 3 * sizeof(float));  // slots, targets, images, outputs
  CHECK(use.device == 7);
  const auto program = backend->compile(model(), request, 2, {});
  for (const Request& given : seen) {
    CHECK(given.reduction == nullptr);
    CHECK(given.columns == 3);
    CHECK(given.rows == request.rows);
    CHECK(given.targets.size() == 2);
  }
  CHECK(seen.size() == 3);
  REQUIRE(program->slots() == 4);
  program->submit(3, 2);
  program->submit(1, 1);
  const Responses three = program->wait(3);
  const Responses one = program->wait(1);
  // Both views are valid at the same time.
  for (std::size_t t = 0; t < 2; ++t) {
    REQUIRE(three.columns == 3);
    CHECK(three.images == 2);
    CHECK(three.targets[t][0] == 300 + 302);
    CHECK(std::isnan(three.targets[t][1]));
    CHECK(three.targets[t][2] == 301 * 0.5f);
    CHECK(three.targets[t][3] == 310 + 312);
    CHECK(one.images == 1);
    CHECK(one.targets[t][0] == 100 + 102);
  }
  CHECK(program->findings().notes == std::vector<std::string>{"counted"});
}

TEST_CASE("requests without reduction, and those that the device folds, pass through") {
  std::vector<Request> seen;
  const auto folds = with_reductions(std::make_unique<CountingBackend>(seen), true, 1);
  const Request plain = three_rows();
  CHECK(folds->planned_memory(model(), plain, 2, {}).host == 1000);
  CHECK(folds->compile(model(), plain, 2, {})->slots() == 4);
  CHECK(folds->selftest(model(), plain, 2, {}).size() == 1);
  CHECK(folds->measure(model(), plain, 2, {}, 3).size() == 1);
  const Request means = reduced(everything(model()), areas());
  CHECK(folds->planned_memory(model(), means, 2, {}).host == 1000);
  CHECK(folds->auto_batch(model(), means, {}) == 5);
  folds->compile(model(), means, 2, {});
  CHECK(seen.back().reduction == means.reduction);
  CHECK(folds->selftest(model(), means, 2, {}).size() == 1);
  CHECK(folds->measure(model(), means, 2, {}, 3).size() == 1);
  // Three vertices are cheaper computed than folded into three matrices.
  folds->compile(model(), sums_of_three_rows(), 2, {});
  CHECK(seen.back().reduction == nullptr);
}

TEST_CASE("the reduction is a step that is checked and timed") {
  std::vector<Request> seen;
  const auto backend = with_reductions(std::make_unique<CountingBackend>(seen), false, 2);
  const Request request = reduced(everything(model()), areas());
  const auto checks = backend->selftest(model(), request, 5, {});
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].step == "count");
  CHECK(checks[1].step == "reduce to 4 outputs");
  CHECK(checks[1].values == 2 * 4);
  CHECK(checks[1].passed());
  const auto times = backend->measure(model(), request, 5, {}, 3);
  REQUIRE(times.size() == 2);
  CHECK(times[1].step == "reduce to 4 outputs");
  CHECK(times[1].seconds.size() == 3);
  // Two operations, two subjects, five images, every term.
  CHECK(times[1].flops == 2.0 * 2 * 5 * (300 + 34 + 2));
  CHECK(times[1].bytes > 2 * 5 * 304 * sizeof(float));
}

TEST_CASE("folding is chosen by the size of the request and the model alone") {
  const ModelInfo& info = model().info();
  const Request all = everything(model());
  const auto cheaper = [&](const std::vector<Terms>& outputs) {
    return folding_is_cheaper(reduced(all, reduction_of(outputs)), info);
  };
  CHECK(cheaper({mean_of(0, 300, 1)}));
  // As many multiplications to fold as the readouts of eight images, and one more.
  const std::vector<Terms> eight(8, mean_of(0, 300, 1));
  CHECK(cheaper(eight));
  std::vector<Terms> nine = eight;
  nine.push_back({{0, 1.0}});
  CHECK_FALSE(cheaper(nine));
  // Four folded numbers for each weight, 300 x (676 + 16), and not one output more.
  const std::size_t most = 4 * 300 * (676 + 16) / (676 * 16);
  CHECK(cheaper(std::vector<Terms>(most, Terms{{5, 1.0}})));
  CHECK_FALSE(cheaper(std::vector<Terms>(most + 1, Terms{{5, 1.0}})));
}

TEST_CASE("reduced runs equal reduced outputs, whatever the batch") {
  const std::vector<std::size_t> order = {3, 11, 0, 18, 7};
  const Request request = reduced(everything(model()), areas());
  const auto full = run(*cpu::open_cpu_backend(2), model(), everything(model()), order, 5);
  for (const char* device : {"cpu", "check:cpu,cpu"}) {
    CAPTURE(device);
    const auto backend = open_backend({device, 2});
    const auto expected = run(*backend, model(), request, order, 5);
    REQUIRE(expected.size() == 2);
    for (std::size_t t = 0; t < 2; ++t) {
      CHECK(distance_to(*request.reduction, 300, full[t], expected[t]) <= kTolerance);
      CHECK(std::isnan(expected[t][2]));
    }
    if (std::string(device) != "cpu") continue;
    for (const std::size_t batch : {1u, 3u}) {
      const auto got = run(*open_backend({device, 1}), model(), request, order, batch);
      for (std::size_t t = 0; t < 2; ++t) CHECK(same_bits(got[t], expected[t]));
    }
  }
}
