// What the engine's own functions throw, for code that knows the public header only: the two Error
// types have one name.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace corticast_python {

// code, message and hint of a corticast::Error.
class Failure : public std::runtime_error {
 public:
  Failure(int code, const std::string& message, std::string hint)
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  int code() const noexcept { return code_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  int code_;
  std::string hint_;
};

}  // namespace corticast_python
