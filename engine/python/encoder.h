// An encoder that Python calls: results of one call go to memory of that call's, progress to that
// call's function, and Ctrl-C is noticed between batches.
#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/api/corticast.hpp"

namespace corticast_python {

// Methods are called with the GIL and release it while the library works, so other threads of
// Python go on. May be used by several threads; calls take turns.
class PythonEncoder {
 public:
  // log: a function of one text.
  PythonEncoder(const corticast::Model& model, corticast::Options options, nanobind::object log);

  // views: arrays that image_of() takes. outputs: one per target, as responses_of() takes them.
  // progress: None or a function of (done, total). What it raises, and a pending KeyboardInterrupt,
  // stop the call and come out of it.
  void encode_images(const nanobind::list& views, const nanobind::list& outputs,
                     nanobind::handle progress);
  void encode_normalised(nanobind::handle input, const nanobind::list& outputs,
                         nanobind::handle progress);

  const corticast::Encoder& encoder() const { return encoder_; }
  std::vector<std::tuple<std::string, std::string, std::string>> targets() const;
  std::vector<std::string> names() const;

 private:
  void call(nanobind::handle progress, const std::function<void()>& work);

  corticast::Encoder encoder_;
};

}  // namespace corticast_python
