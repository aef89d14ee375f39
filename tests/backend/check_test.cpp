// Two devices that watch each other.
#include "engine/backend/check/check_backend.h"

#include <functional>

#include "tests/backend/fakes.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

using Strings = std::vector<std::string>;

// Nothing here looks at the model.
const Model& model() {
  static const ConvertedModel the_model("tiny_zip");
  return *the_model;
}

Request one_column() {
  Request request;
  request.targets = {{0, {}, "NSD-01"}};
  request.columns = 1;
  return request;
}

// Answers with the inner program's responses plus something.
class ShiftedProgram final : public Program {
 public:
  ShiftedProgram(std::unique_ptr<Program> inner, float shift)
      : inner_(std::move(inner)), shift_(shift) {}
  std::size_t slots() const override { return inner_->slots(); }
  std::uint8_t* input(std::size_t slot) override { return inner_->input(slot); }
  void submit(std::size_t slot, std::size_t n) override { inner_->submit(slot, n); }
  Responses wait(std::size_t slot) override {
    const Responses from = inner_->wait(slot);
    values_.assign(from.targets[0], from.targets[0] + from.images);
    for (float& value : values_) value += shift_;
    view_ = values_.data();
    return {from.images, 1, {&view_, 1}};
  }
  Findings findings() override { return inner_->findings(); }

 private:
  std::unique_ptr<Program> inner_;
  float shift_;
  std::vector<float> values_;
  const float* view_ = nullptr;
};

// Lacks fp16 and the readout by GEMM, and answers with something added.
class PlainBackend final : public Backend {
 public:
  PlainBackend(FakeRoom& room, FakeDevice device, float shift)
      : inner_(room, std::move(device)), shift_(shift) {}
  std::string name() const override { return inner_.name(); }
  std::string arithmetic() const override { return inner_.arithmetic(); }
  std::size_t auto_batch(const Model& m, const Request& r, const Method& method) const override {
    if (method.precision == Precision::kFp16 || method.readout == ReadoutMethod::kGemm) {
      throw Error(ErrorCode::kDevice, "not here");
    }
    return inner_.auto_batch(m, r, method);
  }
  MemoryUse planned_memory(const Model& m, const Request& r, std::size_t n,
                           const Method& method) const override {
    auto_batch(m, r, method);
    return inner_.planned_memory(m, r, n, method);
  }
  std::unique_ptr<Program> compile(const Model& m, const Request& r, std::size_t n,
                                   const Method& method) override {
    auto_batch(m, r, method);
    return std::make_unique<ShiftedProgram>(inner_.compile(m, r, n, method), shift_);
  }
  std::vector<StepCheck> selftest(const Model& m, const Request& r, std::size_t n,
                                  const Method& method) override {
    auto_batch(m, r, method);
    return inner_.selftest(m, r, n, method);
  }
  std::vector<StepTime> measure(const Model&, const Request&, std::size_t, const Method&,
                                std::size_t) override {
    return {};
  }

 private:
  FakeBackend inner_;
  float shift_;
};

std::unique_ptr<Backend> pair(FakeRoom& room, float shift, const Findings& found = {}) {
  FakeDevice a;
  a.device = "a";
  a.name = "a (card)";
  a.identity = "card";
  a.batch = 5;
  a.memory = {100, 1000};
  a.slots = 6;
  a.findings = found;
  a.checks = {{"step", 1, 0, 0, 1}};
  FakeDevice b;
  b.device = "b";
  b.name = "b (processor)";
  b.memory = {30, 0};
  b.checks = {{"step", 2, 0, 0, 1}};
  return open_check_backend(std::make_unique<FakeBackend>(room, a),
                            std::make_unique<PlainBackend>(room, b, shift));
}

// Image i of the slot is of the value first + i.
void submit(Program& program, std::size_t slot, std::size_t images, std::uint8_t first) {
  for (std::size_t i = 0; i < images; ++i) {
    program.input(slot)[i * kImageBytes] = static_cast<std::uint8_t>(first + i);
  }
  program.submit(slot, images);
}

}  // namespace

TEST_CASE("both devices see every batch, the first one's responses come back") {
  FakeRoom room;
  const auto backend = pair(room, 1e-6f);
  const auto program = backend->compile(model(), one_column(), 2, Precision::kFp32);
  REQUIRE(program->slots() == 6);
  submit(*program, 0, 2, 10);
  submit(*program, 4, 1, 20);
  const Responses first = program->wait(0);
  CHECK(first.images == 2);
  CHECK(first.targets[0][0] == 10);
  CHECK(first.targets[0][1] == 11);
  CHECK(program->wait(4).targets[0][0] == 20);
  CHECK(room.log == Strings{"a submit 0 2", "a submit 4 1", "a wait 0", "b submit 0 2", "b wait 0",
                            "a wait 4", "b submit 0 1", "b wait 0"});
  const Findings found = program->findings();
  CHECK_FALSE(found.difference);
  CHECK(found.warnings.empty());
  REQUIRE(found.comparison.size() >= 2);
  CHECK(found.comparison[0] == "check: a (card) in fp32 against b (processor) in fp32");
  CHECK_THAT(found.comparison[1], contains("3 images, 3 responses"));
}

TEST_CASE("a second device that differs is found") {
  FakeRoom room;
  Findings overflow;
  overflow.warnings = {"too large"};
  const auto backend = pair(room, 0.01f, overflow);
  const auto program = backend->compile(model(), one_column(), 2, Precision::kFp32);
  submit(*program, 0, 2, 10);
  program->wait(0);
  const Findings found = program->findings();
  CHECK(found.difference);
  CHECK(found.warnings == Strings{"too large"});
  CHECK_THAT(found.comparison[2], contains("largest difference") && contains("NSD-01"));
}

TEST_CASE("where the second device lacks what is asked for, it computes in fp32 and says so") {
  FakeRoom room;
  const auto backend = pair(room, 0.01f);
  const auto program = backend->compile(model(), one_column(), 1, Precision::kFp16);
  submit(*program, 0, 1, 10);
  program->wait(0);
  const Findings found = program->findings();
  CHECK_FALSE(found.difference);  // a thousandth is what fp16 may differ
  CHECK(found.comparison[0] == "check: a (card) in fp16 against b (processor) in fp32");
  Method gemm;
  gemm.readout = ReadoutMethod::kGemm;
  CHECK_NOTHROW(backend->compile(model(), one_column(), 1, gemm));
}

TEST_CASE("a pair plans for both and needs no selftest") {
  FakeRoom room;
  const auto backend = pair(room, 0);
  CHECK(backend->name() == "check of a (card) against b (processor)");
  CHECK(backend->identity().empty());
  CHECK(backend->auto_batch(model(), one_column(), Precision::kFp16) == 5);
  const MemoryUse memory = backend->planned_memory(model(), one_column(), 1, Precision::kFp16);
  CHECK(memory.host == 130);
  CHECK(memory.device == 1000);
  const auto checks = backend->selftest(model(), one_column(), 1, Precision::kFp16);
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].step == "first: step");
  CHECK(checks[1].step == "second: step");
}

TEST_CASE("check takes two devices that are named") {
  for (const char* device : {"check:", "check:cpu", "check:cpu,", "check:,cpu", "check:cpu,cpu,cpu",
                             "check:auto,cpu", "check:cpu,check:cpu,cpu"}) {
    CAPTURE(device);
    CHECK_THROWS_WITH(open_backend({device, 1}), contains("does not name two devices"));
  }
  CHECK_THROWS_WITH(open_backend({"check:cpu,abacus", 1}), contains("abacus"));
  CHECK_THAT(open_backend({"check:cpu,cpu", 1})->name(), contains("against cpu (1 thread"));
}
