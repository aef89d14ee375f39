// Devices that remember what they were asked, for tests of what stands between devices and users.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/backend.h"

namespace corticast::test {

// What fake devices share.
struct FakeRoom {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> log;  // "b submit 2 5": device, verb, slot, images
  std::size_t compiling = 0;
  std::atomic<int> programs{0};  // alive

  void note(const std::string& line) {
    const std::lock_guard lock(mutex);
    log.push_back(line);
  }
  // Whether `count` devices were inside meet() at the same time.
  bool meet(std::size_t count) {
    std::unique_lock lock(mutex);
    ++compiling;
    changed.notify_all();
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return compiling >= count; });
  }
};

// Answers image i of a slot with the first byte of its pixels, one target, one column.
class FakeDeviceProgram final : public Program {
 public:
  FakeDeviceProgram(FakeRoom& room, std::string device, std::size_t slots, std::size_t max_batch,
                    Findings found)
      : room_(room), device_(std::move(device)), found_(std::move(found)), slots_(slots) {
    ++room_.programs;
    for (Slot& slot : slots_) {
      slot.pixels.resize(max_batch * kImageBytes);
      slot.answers.resize(max_batch);
      slot.view = slot.answers.data();
    }
  }
  ~FakeDeviceProgram() override { --room_.programs; }

  std::size_t slots() const override { return slots_.size(); }
  std::uint8_t* input(std::size_t slot) override { return slots_.at(slot).pixels.data(); }
  void submit(std::size_t slot, std::size_t n) override {
    room_.note(device_ + " submit " + std::to_string(slot) + " " + std::to_string(n));
    if (n == 0) throw Error(ErrorCode::kInternal, "nothing to do", "Do something.");
    slots_.at(slot).images = n;
  }
  Responses wait(std::size_t slot) override {
    room_.note(device_ + " wait " + std::to_string(slot));
    Slot& job = slots_.at(slot);
    if (job.images == 0) throw Error(ErrorCode::kDevice, "out of order", "Repair it.");
    for (std::size_t i = 0; i < job.images; ++i) {
      job.answers[i] = static_cast<float>(job.pixels[i * kImageBytes]);
    }
    return {job.images, 1, {&job.view, 1}};
  }
  Findings findings() override { return found_; }

 private:
  struct Slot {
    std::vector<std::uint8_t> pixels;
    std::vector<float> answers;
    const float* view = nullptr;
    std::size_t images = 0;
  };

  FakeRoom& room_;
  std::string device_;
  Findings found_;
  std::vector<Slot> slots_;
};

struct FakeDevice {
  std::string device;  // "a"
  std::string name;
  std::string arithmetic = "an abacus";
  std::string identity;
  std::string advice;
  std::size_t batch = 8;
  MemoryUse memory;
  std::size_t slots = 3;
  Findings findings;
  std::string compile_error;   // empty: none
  std::size_t companions = 0;  // that must be compiling at the same time; 0: not looked at
  std::vector<StepCheck> checks;
  std::vector<StepTime> times;
};

class FakeBackend final : public Backend {
 public:
  FakeBackend(FakeRoom& room, FakeDevice device) : room_(room), device_(std::move(device)) {}

  std::string name() const override { return device_.name; }
  std::string arithmetic() const override { return device_.arithmetic; }
  std::string identity() const override { return device_.identity; }
  std::string advice(const Method&) const override { return device_.advice; }
  std::size_t auto_batch(const Model&, const Request&, const Method&) const override {
    return device_.batch;
  }
  MemoryUse planned_memory(const Model&, const Request&, std::size_t,
                           const Method&) const override {
    return device_.memory;
  }
  std::unique_ptr<Program> compile(const Model&, const Request&, std::size_t max_batch,
                                   const Method&) override {
    if (device_.companions > 0 && !room_.meet(device_.companions)) {
      throw Error(ErrorCode::kInternal, "compiling alone");
    }
    if (!device_.compile_error.empty()) {
      throw Error(ErrorCode::kDevice, device_.compile_error, "Buy another.");
    }
    return std::make_unique<FakeDeviceProgram>(room_, device_.device, device_.slots, max_batch,
                                               device_.findings);
  }
  std::vector<StepCheck> selftest(const Model&, const Request&, std::size_t,
                                  const Method&) override {
    return device_.checks;
  }
  std::vector<StepTime> measure(const Model&, const Request&, std::size_t, const Method&,
                                std::size_t repetitions) override {
    room_.note(device_.device + " measure " + std::to_string(repetitions));
    return device_.times;
  }

 private:
  FakeRoom& room_;
  FakeDevice device_;
};

}  // namespace corticast::test
