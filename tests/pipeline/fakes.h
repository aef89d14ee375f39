// A device, a file and photographs that check how the pipeline treats them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <set>
#include <stdexcept>
#include <vector>

#include "engine/base/error.h"
#include "engine/pipeline/encode.h"

namespace corticast::test {

constexpr std::size_t kColumns = 3;
constexpr int kNever = -1;

// What the fake device answers for image k, target t, column c. Zeroed pixels: k = 0.
inline float expected_response(std::size_t k, std::size_t t, std::size_t c) {
  return static_cast<float>(k * 100 + t * 10 + c);
}

// Image k carries k + 1 in its first and last bytes. Failing images write rubbish first.
struct FakePhotos {
  std::size_t size = 0;
  std::set<std::size_t> bad;
  int fatal = kNever;  // this image throws something that is not about the image
  std::atomic<std::size_t> loaded{0};

  ImageFeed feed() {
    return {size, [this](std::size_t k, std::uint8_t* out) { load(k, out); },
            [](std::size_t k) { return "photo" + std::to_string(k); }};
  }
  void load(std::size_t k, std::uint8_t* out) {
    std::memset(out, 0xEE, kImageBytes);
    if (static_cast<int>(k) == fatal) throw std::runtime_error("the loader broke");
    if (bad.contains(k)) throw Error(ErrorCode::kImage, "not an image");
    const auto mark = static_cast<std::uint32_t>(k + 1);
    std::memcpy(out, &mark, sizeof(mark));
    std::memcpy(out + kImageBytes - sizeof(mark), &mark, sizeof(mark));
    ++loaded;
  }
};

// Notices input that changes while it is submitted, a slot submitted twice, and a wait without a
// submit; answers are spoilt as soon as their slot is submitted again.
class FakeProgram : public Program {
 public:
  FakeProgram(std::size_t max_batch, std::size_t targets, std::size_t devices = 1)
      : targets_(targets), slots_(3 * devices) {
    for (Slot& slot : slots_) {
      slot.pixels.resize(max_batch * kImageBytes);
      slot.answers.assign(targets, std::vector<float>(max_batch * kColumns));
    }
  }

  int throw_at_submit = kNever;
  int throw_at_wait = kNever;
  int submits = 0;
  int waits = 0;
  float spoil = 0;  // added to every answer
  std::size_t in_flight = 0;
  std::size_t most_in_flight = 0;

  std::size_t slots() const override { return slots_.size(); }
  std::uint8_t* input(std::size_t slot) override { return slots_.at(slot).pixels.data(); }

  void submit(std::size_t index, std::size_t n) override {
    Slot& slot = slots_.at(index);
    require(!slot.submitted, "a slot was submitted twice");
    require(n > 0 && n * kImageBytes <= slot.pixels.size(), "a batch of a wrong size");
    if (submits++ == throw_at_submit) throw Error(ErrorCode::kDevice, "submit broke");
    for (auto& target : slot.answers) std::fill(target.begin(), target.end(), -1e9f);
    slot.submitted = true;
    most_in_flight = std::max(most_in_flight, ++in_flight);
    slot.n = n;
    slot.sum = sum_of(slot);
  }

  Responses wait(std::size_t index) override {
    Slot& slot = slots_.at(index);
    require(slot.submitted, "waited for a slot that was not submitted");
    require(slot.sum == sum_of(slot), "input changed while it was submitted");
    slot.submitted = false;
    --in_flight;
    if (waits++ == throw_at_wait) throw Error(ErrorCode::kDevice, "wait broke");
    slot.views.clear();
    for (std::size_t t = 0; t < targets_; ++t) {
      for (std::size_t i = 0; i < slot.n; ++i) {
        for (std::size_t c = 0; c < kColumns; ++c) {
          slot.answers[t][i * kColumns + c] = expected_response(mark_of(slot, i), t, c) + spoil;
        }
      }
      slot.views.push_back(slot.answers[t].data());
    }
    return {slot.n, kColumns, slot.views};
  }

 private:
  struct Slot {
    std::vector<std::uint8_t> pixels;
    std::vector<std::vector<float>> answers;
    std::vector<const float*> views;
    bool submitted = false;
    std::size_t n = 0;
    std::uint64_t sum = 0;
  };

  static void require(bool condition, const char* complaint) {
    if (!condition) throw std::logic_error(complaint);
  }
  // Marks at both ends and the pixels between: a failed image must be all zero.
  static std::size_t mark_of(const Slot& slot, std::size_t i) {
    const std::uint8_t* image = slot.pixels.data() + i * kImageBytes;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, image, sizeof(first));
    std::memcpy(&last, image + kImageBytes - sizeof(last), sizeof(last));
    require(first == last, "an image was only partly there");
    if (first == 0) require(image[kImageBytes / 2] == 0, "a failed image was not zeroed");
    return first;
  }
  static std::uint64_t sum_of(const Slot& slot) {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < slot.n * kImageBytes; at += 4) {
      sum = sum * 31 + slot.pixels[at];
    }
    return sum;
  }

  std::size_t targets_;
  std::vector<Slot> slots_;
};

class FakeWriter : public ResponseWriter {
 public:
  int throw_at_write = kNever;
  bool throw_at_finish = false;
  int writes = 0;
  bool finished = false;
  std::vector<RowStatus> status;
  std::vector<std::vector<float>> rows;  // per target, flat
  std::size_t largest_lead = 0;          // images loaded but not written
  const FakePhotos* photos = nullptr;

  explicit FakeWriter(std::size_t images) : images_(images) {}

  std::vector<RowRange> missing() const override {
    if (images_ == 0) return {};
    return {{0, images_}};
  }
  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus> batch) override {
    if (first_row != status.size() || responses.images != batch.size()) {
      throw std::logic_error("rows out of order");
    }
    if (photos != nullptr) {
      largest_lead = std::max(largest_lead, photos->loaded.load() - status.size());
    }
    if (writes++ == throw_at_write) throw Error(ErrorCode::kOutput, "write broke");
    rows.resize(responses.targets.size());
    for (std::size_t t = 0; t < rows.size(); ++t) {
      const float* data = responses.targets[t];
      rows[t].insert(rows[t].end(), data, data + responses.images * responses.columns);
    }
    status.insert(status.end(), batch.begin(), batch.end());
  }
  void finish() override {
    if (throw_at_finish) throw Error(ErrorCode::kOutput, "finish broke");
    finished = true;
  }

 private:
  std::size_t images_;
};

// The number of the first row that is not what it must be, or the number of rows.
inline std::size_t right_rows(const FakeWriter& writer, const FakePhotos& photos) {
  for (std::size_t k = 0; k < writer.status.size(); ++k) {
    const bool bad = photos.bad.contains(k);
    if (writer.status[k].ok == bad) return k;
    for (std::size_t t = 0; t < writer.rows.size(); ++t) {
      for (std::size_t c = 0; c < kColumns; ++c) {
        if (writer.rows[t][k * kColumns + c] != expected_response(bad ? 0 : k + 1, t, c)) return k;
      }
    }
  }
  return writer.status.size();
}

}  // namespace corticast::test
