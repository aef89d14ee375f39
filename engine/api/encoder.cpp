#include "engine/api/encoder.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/base/text.h"

namespace corticast::api {
namespace {

constexpr std::size_t kMaxBatch = 65536;

// Rows of the caller's arrays.
class CallersArrays final : public ResponseWriter {
 public:
  CallersArrays(std::size_t images, float* const* responses)
      : images_(images), responses_(responses) {}

  std::vector<RowRange> missing() const override { return {{0, images_}}; }
  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus>) override {
    for (std::size_t t = 0; t < responses.targets.size(); ++t) {
      std::memcpy(responses_[t] + first_row * responses.columns, responses.targets[t],
                  responses.images * responses.columns * sizeof(float));
    }
  }
  void finish() override {}

 private:
  std::size_t images_;
  float* const* responses_;
};

std::uint64_t physical_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0
             ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes)
             : ~std::uint64_t{0};
}

std::string megabytes(std::uint64_t bytes) {
  return grouped(bytes / 1'000'000) + " MB";
}

ChosenDevice choose(const DeviceOptions& options) {
  if (options.device.starts_with("check:")) {
    throw Error(ErrorCode::kUsage, "device '" + options.device + "' compares two devices",
                "That is for `corticast encode`; name one device here.");
  }
  return choose_device(options);
}

}  // namespace

Encoder::Encoder(std::shared_ptr<const Model> model, EncoderOptions options)
    : model_(std::move(model)),
      options_(std::move(options)),
      request_(resolve_request(*model_, options_.request)) {
  if (options_.batch > kMaxBatch) {
    throw Error(ErrorCode::kUsage, "batch is " + grouped(options_.batch) + ", at most " +
                                       grouped(kMaxBatch) + " can be");
  }
  for (const std::string& note : request_.notes) tell(note);
  if (model_->info().untrained) {
    tell("UNTRAINED model (synthetic weights): the responses are no prediction");
  }
  take_device(choose(options_.device));
  check_device();
  compile();
  const std::string advice = chosen_.backend->advice(options_.method);
  if (!advice.empty()) tell(advice);
}

void Encoder::take_device(ChosenDevice device) {
  chosen_ = std::move(device);
  device_ = chosen_.backend->name();
  try {
    batch_ = options_.batch != 0 ? options_.batch
                                 : chosen_.backend->auto_batch(*model_, request_, options_.method);
  } catch (const Error& error) {
    // The CPU lacks what a GPU would have: then it matters why there is none.
    if (error.code() != ErrorCode::kDevice || chosen_.no_gpu.empty()) throw;
    throw Error(error.code(), error.what() + (", and no GPU can be used: " + chosen_.no_gpu),
                error.hint());
  }
}

void Encoder::check_device() {
  if (chosen_.idle_gpu) {
    tell("on the CPU, for the GPU of this machine cannot be used: " + chosen_.no_gpu);
  }
  if (trust_in(*chosen_.backend, model_->info(), options_.method) != Trust::kNotChecked) return;
  tell("first use of " + device_ + " in " + to_string(options_.method.precision) +
       ": selftest (some seconds, once)");
  try {
    check_before_use(*chosen_.backend, *model_, request_, batch_, options_.method);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kDevice || !chosen_.replaceable) throw;
    tell(std::string(error.what()) + "; going on with the CPU");
    take_device(choose({"cpu", options_.device.threads}));
    return;
  }
  tell("selftest passed");
}

// Memory that the system would promise and not have: better an error than a killed process.
void Encoder::check_memory() const {
  const std::uint64_t needed =
      chosen_.backend->planned_memory(*model_, request_, batch_, options_.method).host;
  const std::uint64_t all = physical_memory();
  if (needed <= all) return;
  throw Error(ErrorCode::kDevice,
              "batches of " + grouped(batch_) + " images take " + megabytes(needed) +
                  " of memory, this machine has " + megabytes(all),
              "Use a smaller batch, or select fewer subjects or vertices.");
}

void Encoder::compile() {
  check_memory();
  program_ = chosen_.backend->compile(*model_, request_, batch_, options_.method);
}

void Encoder::encode(std::size_t n,
                     const std::function<void(std::size_t k, std::uint8_t* slot)>& load,
                     float* const* responses) {
  if (n == 0) return;
  const std::lock_guard lock(turn_);
  if (!program_) compile();
  ImageFeed feed;
  feed.size = n;
  feed.load = load;
  feed.name = [](std::size_t k) { return "image " + std::to_string(k); };
  feed.image_bytes = input_bytes(options_.method.input);
  EncodeSummary summary;
  try {
    summary = run(feed, responses);
    tell_findings(summary);
  } catch (...) {
    program_.reset();  // batches may be on their way in it
    throw;
  }
  if (summary.stopped) {
    throw Error(ErrorCode::kStopped, "stopped on request after " + grouped(summary.images) +
                                         " of " + grouped(n) + " images");
  }
}

EncodeSummary Encoder::run(const ImageFeed& feed, float* const* responses) {
  CallersArrays arrays(feed.size, responses);
  EncodeOptions options;
  options.loader_threads = options_.device.threads;
  options.strict = true;
  const std::vector<std::uint32_t> computed =
      request_.reduction ? outputs_with_terms(*request_.reduction) : request_.positions;
  options.computed_columns = computed;
  bool stop = false;
  options.progress = [&](const Progress& progress) {
    if (options_.go_on && !options_.go_on(progress.done, progress.total)) stop = true;
  };
  options.stop = [&] { return stop; };
  return corticast::encode(feed, *program_, batch_, arrays, options);
}

void Encoder::tell(const std::string& message) const {
  if (options_.log) options_.log(message);
}

void Encoder::tell_findings(const EncodeSummary& summary) {
  if (!options_.log) return;
  if (summary.non_finite_values > 0) {
    tell(grouped(summary.non_finite_values) + " responses of " +
         grouped(summary.non_finite_images) + " images are NaN or infinite");
  }
  const Findings findings = program_->findings();
  for (const auto* lines : {&findings.notes, &findings.warnings}) {
    for (const std::string& line : *lines) {
      if (told_.insert(line).second) tell(line);
    }
  }
}

}  // namespace corticast::api
