// What several atlas tests need.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/base/digest.h"
#include "engine/base/error.h"

namespace corticast::test {

// SHA-256 of the numbers as little-endian int32, the form of every check value of the atlas.
template <typename Range>
std::string sha256_i32(const Range& numbers) {
  Sha256 digest;
  for (const auto number : numbers) {
    const auto value = static_cast<std::int32_t>(number);
    digest.update(std::as_bytes(std::span(&value, 1)));
  }
  return digest.hex();
}

// The whole error that `call` ends in, "code N: message | hint"; "" when it returns.
template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return "code " + std::to_string(error.exit_code()) + ": " + error.what() + " | " + error.hint();
  }
  return "";
}

}  // namespace corticast::test
