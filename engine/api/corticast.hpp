// corticast: predicted cortical fMRI responses to images. The C++17 face of the library: owners,
// exceptions and std::function over corticast.h, header only, so that the library's symbols are
// those of C.
//
//   corticast::Model model("nsd.corticast");
//   corticast::Options options;
//   options.roi = "V1,V2";
//   corticast::Encoder encoder(model, options);
//   std::vector<std::vector<float>> responses = encoder.encode({corticast::packed(rgb, 640, 480)});
//
// Whatever fails throws corticast::Error. Threads, lifetimes and limits are those of corticast.h.
#ifndef CORTICAST_HPP
#define CORTICAST_HPP

#include "corticast.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corticast {
inline namespace api_v1 {

// what(): what is wrong. hint(): what to do about it, may be empty.
class Error : public std::runtime_error {
 public:
  Error(corticast_status code, const std::string& message, std::string hint)
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}
  corticast_status code() const noexcept { return code_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  corticast_status code_;
  std::string hint_;
};

namespace detail {

inline void check(corticast_status status) {
  if (status != CORTICAST_OK) throw Error(status, corticast_last_error(), corticast_last_hint());
}

inline const char* pointer(const std::optional<std::string>& text) {
  return text ? text->c_str() : nullptr;
}

inline std::string text(const char* pointer) {
  return pointer == nullptr ? std::string() : std::string(pointer);
}

// C++ callbacks behind C ones: an exception stops the call and goes on from where it was made.
struct Callbacks {
  std::function<void(const std::string&)> log;
  std::function<bool(std::size_t, std::size_t)> progress;
  std::mutex mutex;  // one call at a time, so that `thrown` is its own
  std::exception_ptr thrown;

  static void on_log(const char* message, void* user) noexcept {
    Callbacks& self = *static_cast<Callbacks*>(user);
    if (!self.log || self.thrown) return;
    try {
      self.log(message);
    } catch (...) {
      self.thrown = std::current_exception();
    }
  }

  static int on_progress(std::size_t done, std::size_t total, void* user) noexcept {
    Callbacks& self = *static_cast<Callbacks*>(user);
    if (self.thrown) return 1;
    if (!self.progress) return 0;
    try {
      return self.progress(done, total) ? 0 : 1;
    } catch (...) {
      self.thrown = std::current_exception();
      return 1;
    }
  }

  // Of one call: what a callback threw goes before the status.
  template <typename Call>
  void run(const Call& call) {
    const std::lock_guard<std::mutex> lock(mutex);
    thrown = nullptr;
    const corticast_status status = call();
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    check(status);
  }
};

struct CloseModel {
  void operator()(corticast_model* model) const noexcept { corticast_model_close(model); }
};
struct DestroyEncoder {
  void operator()(corticast_encoder* encoder) const noexcept { corticast_encoder_destroy(encoder); }
};

}  // namespace detail

inline std::string version() {
  return corticast_version();
}

using Image = corticast_image;

// [height, width, 3], RGB beside each other. The caller keeps the pixels.
inline Image packed(const std::uint8_t* rgb, std::uint32_t width, std::uint32_t height) {
  return {rgb, width, height, static_cast<std::ptrdiff_t>(width) * 3, 3, 1};
}

// [3, height, width], one plane behind the other. The caller keeps the pixels.
inline Image planes(const std::uint8_t* rgb, std::uint32_t width, std::uint32_t height) {
  const auto row = static_cast<std::ptrdiff_t>(width);
  return {rgb, width, height, row, 1, row * static_cast<std::ptrdiff_t>(height)};
}

// The network's 8-bit input [224, 224, 3] of an image.
inline std::vector<std::uint8_t> preprocess(const Image& image) {
  std::vector<std::uint8_t> pixels(std::size_t{224} * 224 * 3);
  detail::check(corticast_preprocess(&image, pixels.data()));
  return pixels;
}

// An opened model file; moves, and may be closed before its encoders.
class Model {
 public:
  explicit Model(const std::string& path) {
    corticast_model* model = nullptr;
    detail::check(corticast_model_open(path.c_str(), &model));
    model_.reset(model);
  }

  std::string id() const { return detail::text(info().model_id); }
  std::string hash() const { return detail::text(info().model_hash); }
  std::string vertex_set() const { return detail::text(info().vertex_set); }
  bool untrained() const { return info().untrained != 0; }
  bool multihead() const { return info().multihead != 0; }
  std::uint32_t channels() const { return info().channels; }
  std::uint32_t vertices() const { return info().vertices; }
  // [vertices()], as long as the model; null without an atlas.
  const std::int32_t* grayordinates() const { return info().grayordinates; }
  std::vector<std::string> subjects() const {
    std::vector<std::string> names(info().subjects);
    for (std::size_t s = 0; s < names.size(); ++s) {
      names[s] = detail::text(corticast_model_subject(model_.get(), s));
    }
    return names;
  }
  // Everything in one structure, as long as the model.
  corticast_model_info info() const {
    corticast_model_info info{};
    info.struct_size = sizeof info;
    detail::check(corticast_model_get_info(model_.get(), &info));
    return info;
  }

  const corticast_model* get() const { return model_.get(); }

 private:
  std::unique_ptr<corticast_model, detail::CloseModel> model_;
};

// As corticast_options: what is absent is the default, an empty text is refused.
struct Options {
  std::optional<std::string> subjects;
  std::optional<std::string> roi;
  std::optional<std::string> groups;
  std::vector<std::uint32_t> vertices;
  bool expand = false;
  std::optional<std::string> reduce;
  std::optional<std::string> device;
  std::optional<std::string> precision;
  std::optional<std::string> readout;
  unsigned threads = 0;
  std::size_t batch = 0;
  std::optional<std::string> min_noise_ceiling;
  bool normalised = false;  // the encoder takes the network's own input, encode_normalised()
  // What they throw comes out of the call that was made; progress returns false to stop.
  std::function<void(const std::string& message)> log;
  std::function<bool(std::size_t done, std::size_t total)> progress;
};

// A model, what to predict, where. Moves. Calls from several threads take turns.
class Encoder {
 public:
  explicit Encoder(const Model& model, const Options& options = Options())
      : callbacks_(std::make_unique<detail::Callbacks>()) {
    callbacks_->log = options.log;
    callbacks_->progress = options.progress;
    const corticast_options c = c_options(options);
    corticast_encoder* encoder = nullptr;
    callbacks_->run([&] {
      const corticast_status status = corticast_encoder_create(model.get(), &c, &encoder);
      encoder_.reset(encoder);
      return status;
    });
  }

  std::size_t targets() const { return layout().targets; }
  std::size_t columns() const { return layout().columns; }
  std::size_t batch() const { return layout().batch; }
  std::string device() const { return detail::text(layout().device); }
  // [columns()], as long as the encoder; null without an atlas and with reduce.
  const std::int32_t* grayordinates() const { return layout().grayordinates; }
  const std::uint8_t* groups() const { return layout().groups; }
  std::string target_name(std::size_t target) const {
    return detail::text(corticast_encoder_target_name(encoder_.get(), target));
  }
  std::string target_dataset(std::size_t target) const {
    return detail::text(corticast_encoder_target_dataset(encoder_.get(), target));
  }
  std::string target_subject(std::size_t target) const {
    return detail::text(corticast_encoder_target_subject(encoder_.get(), target));
  }
  std::string column_name(std::size_t column) const {
    return detail::text(corticast_encoder_column_name(encoder_.get(), column));
  }
  // Everything in one structure, as long as the encoder.
  corticast_layout layout() const {
    corticast_layout layout{};
    layout.struct_size = sizeof layout;
    detail::check(corticast_encoder_get_layout(encoder_.get(), &layout));
    return layout;
  }

  // images: [n]; responses: [targets()], each to [n, columns()] of the caller's.
  void encode(const Image* images, std::size_t n, float* const* responses) {
    callbacks_->run([&] { return corticast_encode_images(encoder_.get(), images, n, responses); });
  }
  // input: [n, 3, 224, 224].
  void encode_normalised(const float* input, std::size_t n, float* const* responses) {
    callbacks_->run(
        [&] { return corticast_encode_normalised(encoder_.get(), input, n, responses); });
  }
  // For each target [n, columns()].
  std::vector<std::vector<float>> encode(const std::vector<Image>& images) {
    const corticast_layout shape = layout();
    std::vector<std::vector<float>> responses(shape.targets);
    std::vector<float*> pointers(shape.targets);
    for (std::size_t t = 0; t < shape.targets; ++t) {
      responses[t].resize(images.size() * shape.columns);
      pointers[t] = responses[t].data();
    }
    encode(images.data(), images.size(), pointers.data());
    return responses;
  }

  const corticast_encoder* get() const { return encoder_.get(); }

 private:
  // Points into `options`.
  corticast_options c_options(const Options& options) const {
    corticast_options c;
    corticast_options_init(&c, sizeof c);
    c.subjects = detail::pointer(options.subjects);
    c.roi = detail::pointer(options.roi);
    c.groups = detail::pointer(options.groups);
    c.vertices = options.vertices.data();
    c.vertex_count = options.vertices.size();
    c.expand = options.expand ? 1 : 0;
    c.reduce = detail::pointer(options.reduce);
    c.device = detail::pointer(options.device);
    c.precision = detail::pointer(options.precision);
    c.readout = detail::pointer(options.readout);
    c.threads = options.threads;
    c.batch = options.batch;
    c.input = options.normalised ? CORTICAST_NORMALISED : CORTICAST_IMAGES;
    c.log = options.log ? &detail::Callbacks::on_log : nullptr;
    c.progress = options.progress || options.log ? &detail::Callbacks::on_progress : nullptr;
    c.user = callbacks_.get();
    c.min_noise_ceiling = detail::pointer(options.min_noise_ceiling);
    return c;
  }

  std::unique_ptr<detail::Callbacks> callbacks_;  // outlives the encoder, which points to it
  std::unique_ptr<corticast_encoder, detail::DestroyEncoder> encoder_;
};

}  // namespace api_v1
}  // namespace corticast

#endif
