// Several devices behind one face.
#include "engine/backend/several/several_backend.h"

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

std::unique_ptr<Backend> joined(FakeRoom& room, const std::vector<FakeDevice>& devices) {
  std::vector<NamedBackend> named;
  for (const FakeDevice& device : devices) {
    named.push_back({device.device, std::make_unique<FakeBackend>(room, device)});
  }
  return join_backends(std::move(named));
}

// Devices a, b, c, ...
std::vector<FakeDevice> devices(std::size_t count) {
  std::vector<FakeDevice> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    all[i].device = std::string(1, static_cast<char>('a' + i));
    all[i].name = all[i].device + " (card)";
  }
  return all;
}

std::unique_ptr<Program> compiled(Backend& backend, std::size_t max_batch) {
  return backend.compile(model(), {}, max_batch, Precision::kFp32);
}

Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorCode::kInternal, "");
}

}  // namespace

TEST_CASE("slots used in turn use the devices in turn") {
  FakeRoom room;
  const auto backend = joined(room, devices(3));
  const auto program = compiled(*backend, 4);
  REQUIRE(program->slots() == 9);
  for (std::size_t slot = 0; slot < 9; ++slot) {
    for (std::size_t i = 0; i < 4; ++i) {
      program->input(slot)[i * kImageBytes] = static_cast<std::uint8_t>(10 * slot + i);
    }
  }
  for (std::size_t slot = 0; slot < 9; ++slot) program->submit(slot, 1 + slot % 4);
  CHECK(room.log == Strings{"a submit 0 1", "b submit 0 2", "c submit 0 3", "a submit 1 4",
                            "b submit 1 1", "c submit 1 2", "a submit 2 3", "b submit 2 4",
                            "c submit 2 1"});
  room.log.clear();
  for (const std::size_t slot : {4u, 0u, 8u}) {
    const Responses responses = program->wait(slot);
    REQUIRE(responses.images == 1 + slot % 4);
    for (std::size_t i = 0; i < responses.images; ++i) {
      CHECK(responses.targets[0][i] == static_cast<float>(10 * slot + i));
    }
  }
  CHECK(room.log == Strings{"b wait 1", "a wait 0", "c wait 2"});
}

TEST_CASE("all devices compile at the same time") {
  FakeRoom room;
  auto three = devices(3);
  for (FakeDevice& device : three) device.companions = 3;
  CHECK(compiled(*joined(room, three), 1)->slots() == 9);
}

TEST_CASE("a device that cannot compile is named, and nothing of the others is left") {
  for (const std::size_t broken : {0u, 1u, 2u}) {
    FakeRoom room;
    auto three = devices(3);
    for (std::size_t i = broken; i < 3; ++i) three[i].compile_error = "no memory";
    const auto backend = joined(room, three);
    const Error error = error_of([&] { compiled(*backend, 1); });
    CHECK(error.what() == three[broken].device + ": no memory");  // the first of those that failed
    CHECK(error.code() == ErrorCode::kDevice);
    CHECK(error.hint() == "Buy another.");
    CHECK(room.programs == 0);
  }
}

TEST_CASE("an error during the run names its device") {
  FakeRoom room;
  const auto backend = joined(room, devices(2));
  const auto program = compiled(*backend, 1);
  const Error submit = error_of([&] { program->submit(3, 0); });
  CHECK(submit.what() == std::string("b: nothing to do"));
  CHECK(submit.code() == ErrorCode::kInternal);
  CHECK(submit.hint() == "Do something.");
  const Error wait = error_of([&] { program->wait(2); });
  CHECK(wait.what() == std::string("a: out of order"));
  CHECK(wait.code() == ErrorCode::kDevice);
  CHECK(wait.hint() == "Repair it.");
}

TEST_CASE("devices with different numbers of slots are refused") {
  FakeRoom room;
  auto two = devices(2);
  two[1].slots = 4;
  const Error error = error_of([&] { compiled(*joined(room, two), 1); });
  CHECK(error.what() == std::string("b has 4 slots, a has 3"));
  CHECK(room.programs == 0);
}

TEST_CASE("equal devices are counted in the name, others are listed") {
  FakeRoom room;
  auto three = devices(3);
  CHECK(joined(room, three)->name() == "a, b, c (3 x card)");
  three[1].name = "b (older card)";
  CHECK(joined(room, three)->name() == "a (card), b (older card), c (card)");
  three[0].name = "a card";
  CHECK(joined(room, three)->name() == "a card, b (older card), c (card)");
}

TEST_CASE("memory is summed, the batch is the least, identities are joined") {
  FakeRoom room;
  auto three = devices(3);
  three[0].memory = {1, 10};
  three[1].memory = {2, 20};
  three[2].memory = {4, 40};
  three[0].batch = 16;
  three[1].batch = 4;
  three[2].batch = 32;
  const auto backend = joined(room, three);
  const MemoryUse use = backend->planned_memory(model(), {}, 8, Precision::kFp32);
  CHECK(use.host == 7);
  CHECK(use.device == 70);
  CHECK(backend->auto_batch(model(), {}, Precision::kFp32) == 4);
  CHECK(backend->identity().empty());
  three[0].identity = "card 1";
  three[2].identity = "card 2";
  CHECK(joined(room, three)->identity() == "a card 1 + c card 2");
  CHECK(joined(room, three)->arithmetic() == "an abacus");
  three[1].arithmetic = "fingers";
  CHECK(joined(room, three)->arithmetic() == "an abacus + fingers");
}

TEST_CASE("advice that several devices give is given once") {
  FakeRoom room;
  auto three = devices(3);
  CHECK(joined(room, three)->advice(Precision::kFp32).empty());
  three[0].advice = three[2].advice = "use fp16";
  CHECK(joined(room, three)->advice(Precision::kFp32) == "use fp16");
  three[1].advice = "use tf32";
  CHECK(joined(room, three)->advice(Precision::kFp32) == "use fp16; use tf32");
}

TEST_CASE("findings and reports carry the device's name") {
  FakeRoom room;
  auto two = devices(2);
  two[0].checks = {{"convolution", 10, 0.1, 0.2, 0.3}};
  two[1].checks = {{"convolution", 20, 0.4, 0.5, 0.6}, {"readout", 1, 0, 0, 1}};
  two[0].times = {{"convolution", {1.0}, 2, 3}};
  two[1].times = {{"convolution", {4.0}, 5, 6}};
  two[0].findings.warnings = {"3 values too large"};
  two[1].findings.warnings = {"1 value too large", "2 in block 3"};
  two[1].findings.comparison = {"largest difference 1e-3"};
  two[1].findings.difference = true;
  const auto backend = joined(room, two);

  const auto checks = backend->selftest(model(), {}, 1, Precision::kFp32);
  REQUIRE(checks.size() == 3);
  CHECK(checks[0].step == "a: convolution");
  CHECK(checks[1].step == "b: convolution");
  CHECK(checks[2].step == "b: readout");
  CHECK(checks[1].values == 20);
  CHECK(checks[1].rms_error == 0.4);

  const auto times = backend->measure(model(), {}, 1, Precision::kFp32, 7);
  REQUIRE(times.size() == 2);
  CHECK(times[0].step == "a: convolution");
  CHECK(times[1].step == "b: convolution");
  CHECK(times[1].seconds == std::vector<double>{4.0});
  CHECK(room.log == Strings{"a measure 7", "b measure 7"});

  const Findings found = compiled(*backend, 1)->findings();
  CHECK(found.warnings ==
        Strings{"a: 3 values too large", "b: 1 value too large", "b: 2 in block 3"});
  CHECK(found.comparison == Strings{"b: largest difference 1e-3"});
  CHECK(found.difference);
  two[1].findings.difference = false;
  CHECK_FALSE(compiled(*joined(room, two), 1)->findings().difference);
}
