// The one error type of the project. Errors are values that carry what a user needs: which file,
// the number found, the number expected (message) and what to do about it (hint).
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace corticast {

// The numeric value is the exit code of every program (cli, weights_tool, bench).
enum class ErrorCode : int {
  kInternal = 1,    // a bug in corticast
  kUsage = 2,       // unknown flag, subject, ROI or group; empty selection; no input
  kModel = 3,       // checkpoint or model file refused
  kImage = 4,       // an image (or image array) could not be used
  kOutput = 5,      // output exists, is locked, disk full, write error
  kDevice = 6,      // device or precision not available, out of memory
  kDifference = 7,  // verify, compare, scan found a difference
  kStopped = 75,    // stopped on request; the same command goes on from there
};

class Error : public std::runtime_error {
 public:
  // message: what is wrong, with names and numbers, no trailing full stop.
  // hint: the remedy, one sentence; may be empty.
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  ErrorCode code() const noexcept { return code_; }
  int exit_code() const noexcept { return static_cast<int>(code_); }
  const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace corticast
