// What is behind a corticast_encoder: the run of `corticast encode` without files.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "engine/atlas/resolve.h"
#include "engine/backend/trust.h"
#include "engine/pipeline/encode.h"

namespace corticast::api {

struct EncoderOptions {
  RequestSpec request;
  DeviceOptions device;
  Method method;
  std::size_t batch = 0;  // 0: as suits the device
  // Called on the thread that called; may be empty.
  std::function<void(const std::string& message)> log;
  std::function<bool(std::size_t done, std::size_t total)> go_on;  // after each batch
};

class Encoder {
 public:
  // Chooses the device as the programs do, checks a GPU before its first use, compiles. Throws what
  // those throw.
  Encoder(std::shared_ptr<const Model> model, EncoderOptions options);

  const Request& request() const { return request_; }
  const Method& method() const { return options_.method; }
  const std::string& device() const { return device_; }
  std::size_t batch() const { return batch_; }

  // Images 0 .. n - 1 as load() gives them (feed.h) to responses[t], float32 [n, columns] of each
  // target. Callers on several threads take turns. Throws Error{kStopped} when told not to go on
  // before all was done, and what computing throws; the next call is as good as the first.
  void encode(std::size_t n, const std::function<void(std::size_t k, std::uint8_t* slot)>& load,
              float* const* responses);

 private:
  void take_device(ChosenDevice device);
  void check_device();
  void check_memory() const;
  void compile();
  EncodeSummary run(const ImageFeed& feed, float* const* responses);
  void tell(const std::string& message) const;
  void tell_findings(const EncodeSummary& summary);

  const std::shared_ptr<const Model> model_;
  const EncoderOptions options_;
  const Request request_;
  ChosenDevice chosen_;
  std::string device_;
  std::size_t batch_ = 0;
  std::mutex turn_;
  std::unique_ptr<Program> program_;  // null after a call that failed in the midst of computing
  std::set<std::string> told_;        // findings, each once
};

}  // namespace corticast::api
